"""Renders templates with Python's Jinja2: one JSON request a line on stdin, one JSON answer a line on stdout."""

import json
import signal
import sys
import warnings

from jinja2 import DictLoader, Environment, StrictUndefined
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import TemplateSyntaxError
from jinja2.idtracking import VAR_LOAD_ALIAS, VAR_LOAD_UNDEFINED

TIMEOUT_SECONDS = 5

warnings.simplefilter("ignore")
sys.setrecursionlimit(600)


class TookTooLong(BaseException):
    pass


class NoticingGenerator(CodeGenerator):
    """Notices names that are read where Jinja hides them, because the same frame sets them later."""

    hidden = set()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.set_so_far = set()

    def visit_Name(self, node, frame):
        if node.ctx != "load":
            owner = self.owner_of(node.name, frame.symbols)
            self.set_so_far.add((id(owner), node.name))
        elif self.is_hidden(node.name, frame.symbols):
            self.hidden.add(node.name)
        super().visit_Name(node, frame)

    def owner_of(self, name, symbols):
        while name not in symbols.refs and symbols.parent is not None:
            symbols = symbols.parent
        return symbols

    def is_hidden(self, name, symbols):
        owner = self.owner_of(name, symbols)
        if (id(owner), name) in self.set_so_far:
            return False
        load = owner.loads.get(owner.refs.get(name), (None,))[0]
        if load == VAR_LOAD_ALIAS:
            return self.is_hidden(name, owner.parent)
        return load == VAR_LOAD_UNDEFINED


def stop(_signal, _frame):
    raise TookTooLong()


def answer(request):
    environment = Environment(undefined=StrictUndefined, loader=DictLoader(request["files"]))
    environment.code_generator_class = NoticingGenerator
    NoticingGenerator.hidden = set()
    try:
        template = environment.from_string(request["template"])
    except (TemplateSyntaxError, SyntaxError) as error:
        return {"failed": "syntax", "message": str(error)}
    try:
        text = template.render(request["context"])
        text.encode("utf-8")
        return {"text": text}
    except (Exception, TookTooLong) as error:  # whatever a template can raise is an answer
        return {"failed": "rendering", "message": f"{type(error).__name__}: {error}"}


def main():
    signal.signal(signal.SIGALRM, stop)
    for line in sys.stdin:
        signal.alarm(TIMEOUT_SECONDS)
        try:
            result = answer(json.loads(line))
            result["hidden"] = sorted(NoticingGenerator.hidden)
        except (Exception, TookTooLong) as error:  # compiling can fail in ways of its own
            result = {"failed": "compiling", "message": f"{type(error).__name__}: {error}"}
        signal.alarm(0)
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()


main()
