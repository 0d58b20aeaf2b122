"""Code as somebody hands it in, and what is told where it fails."""

from grader.worker import wire
from grader.worker.exception_report import describe
from grader.worker.module_loader import importable
from grader.worker.workbench import Source


def submission(**texts):
    """The modules of a submission, from their code."""
    return {name: Source(f"/submission/{name}.py", text) for name, text in texts.items()}


def failure(text, call="f()"):
    """The exception that ends a call into a module with that code, and the module's sources."""
    sources = submission(layers=text)
    with importable(sources):
        try:
            import layers

            eval(call, vars(layers))
        except BaseException as error:
            return error, sources
    raise AssertionError("nothing was raised")


def report_of(text, call="f()"):
    """What is told of that exception."""
    return describe(*failure(text, call))


def no_callback(*_):
    """Nothing is called back here."""
    raise AssertionError("the spec's side was called")


def place(*names, start="layers"):
    """The way from the module, or from an object by its number, along attributes."""
    return wire.Reference(start, tuple(("attribute", name) for name in names))
