"""Renders cases with Python's Jinja2: one JSON request a line on stdin, one JSON answer a line on stdout.

{"cases": [{"text", "data"}]}  what each case renders to, or why it does not
{"keep": [index]}              from here on, rounds are of these cases
{"round": "parseAndRender"}    the seconds it takes to parse and render each of them once
{"round": "render"}            the same of templates that were parsed before
"""

import json
import platform
import sys
import time

import jinja2

environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
cases = []
templates = []


def answer(request):
    if "cases" in request:
        cases[:] = [(case["text"], case["data"]) for case in request["cases"]]
        versions = {"python": platform.python_version(), "jinja2": jinja2.__version__}
        return {**versions, "results": [render(text, data) for text, data in cases]}
    if "keep" in request:
        cases[:] = [cases[index] for index in request["keep"]]
        templates[:] = [(environment.from_string(text), data) for text, data in cases]
        return {}
    run_round = {"parseAndRender": parse_and_render, "render": only_render}[request["round"]]
    begun = time.perf_counter()
    run_round()
    return {"seconds": time.perf_counter() - begun}


def render(text, data):
    try:
        return {"text": environment.from_string(text).render(data)}
    except jinja2.TemplateError as error:
        return {"failed": f"{type(error).__name__}: {error}"}


def parse_and_render():
    for text, data in cases:
        environment.from_string(text).render(data)


def only_render():
    for template, data in templates:
        template.render(data)


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
