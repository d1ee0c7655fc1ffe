"""Renders cases with Python's Jinja2. One JSON request on stdin: {cases: [{text, data}], rounds?, warmUps?}.

Without rounds, the answer is what each case renders to, or why it does not. With rounds, it is the seconds that each
round took, once for parsing and rendering every case, once for rendering templates that were parsed before.
"""

import json
import platform
import sys
import time

import jinja2


def main():
    request = json.load(sys.stdin)
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    if "rounds" in request:
        answer = measure(environment, request)
    else:
        answer = {
            "python": platform.python_version(),
            "jinja2": jinja2.__version__,
            "results": [render(environment, case) for case in request["cases"]],
        }
    json.dump(answer, sys.stdout)


def render(environment, case):
    try:
        return {"text": environment.from_string(case["text"]).render(case["data"])}
    except jinja2.TemplateError as error:
        return {"failed": f"{type(error).__name__}: {error}"}


def measure(environment, request):
    cases = [(case["text"], case["data"]) for case in request["cases"]]
    templates = [(environment.from_string(text), data) for text, data in cases]

    def parse_and_render():
        for text, data in cases:
            environment.from_string(text).render(data)

    def only_render():
        for template, data in templates:
            template.render(data)

    return {
        "parseAndRender": seconds(parse_and_render, request),
        "render": seconds(only_render, request),
    }


def seconds(run_round, request):
    taken = []
    for _ in range(request["warmUps"] + request["rounds"]):
        begun = time.perf_counter()
        run_round()
        taken.append(time.perf_counter() - begun)
    return taken[request["warmUps"] :]


main()
