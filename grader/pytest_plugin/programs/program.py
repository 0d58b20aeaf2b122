"""Writes what a spec has called as Python, for the learner to paste and try."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.messages.escaping import lines as printable_lines
from grader.messages.explanation import INDENT
from grader.messages.language import say, tell
from grader.mistakes.reasons.call_log import (
    Request,
    answers_in,
    class_in,
    name_of,
    steps_of,
    variable_of,
)
from grader.pytest_plugin.programs.function_text import text_of_function
from grader.pytest_plugin.programs.python_text import Loader, Unprintable, python_of
from grader.specs.assertions import Mismatch
from grader.specs.display import show
from grader.transport.student import Handle, Student, StudentError
from grader.worker import wire

MAX_REQUESTS = 60
"""Maximum number of requests of a spec that is written down."""


def write_program(
    student: Student, error: BaseException, code: Mapping[str, str], load: Loader
) -> str:
    """Return what a spec has called as Python, with what came back and what was expected.

    Parameters
    ----------
    student : Student
        The facade that the spec used.
    error : BaseException
        What ended the spec.
    code : mapping of str to str
        Code of the learner's modules, by name: the names of parameters become those of variables.
    load : callable
        Writes arrays that are too large to be written number by number.

    Returns
    -------
    str
        A program, which does the same; empty if it cannot be written down.
    """
    try:
        return "\n".join(_Program(student, error, code, load).lines()) + "\n"
    except Unprintable:
        return ""


class _Program:
    """The statements of a program, and the names that it uses so far."""

    def __init__(
        self, student: Student, error: BaseException, code: Mapping[str, str], load: Loader
    ) -> None:
        self.student = student
        self.error = error
        self.code = code
        self.load = load
        self.imports: dict[str, None] = {"import numpy as np": None}
        self.names: dict[int, str] = {}
        self.answers: dict[int, str] = {}
        self.taken: set[str] = {"np", "print", "random", "returned", "expected"}
        self.of_functions: set[str] = set()
        self.body: list[str] = []
        self.parameters = dict(_parameters(code.values()))
        self.variables: dict[object, str] = {}
        self.uses = Counter(map(_content, _arrays_in(student.log)))

    def lines(self) -> list[str]:
        log, last = self.student.log, self._last()
        if last is None or last >= MAX_REQUESTS:
            raise Unprintable("no request, or too many")
        if any("random" in text for text in self.code.values()):
            self._seed()
        passed_on = set(answers_in(log[: last + 1]))
        for place, request in enumerate(log[: last + 1]):
            self._write(request, is_last=place == last, passed_on=passed_on)
        imports = sorted(self.imports, key=lambda line: (line.startswith("from"), line))
        return [*imports, "", *self.body]

    def _last(self) -> int | None:
        """Return the index of the request that matters; of the last one if none does."""
        log, error = self.student.log, self.error
        answer = error.answer if isinstance(error, Mismatch) else None
        if answer is not None:
            return next((n for n, one in enumerate(log) if one.get("keep") == answer), None)
        place = self.student.stopped_at
        return place if place is not None else (len(log) - 1 if log else None)

    def _seed(self) -> None:
        seed = self.student.seed
        self.imports["import random"] = None
        self.body += [f"random.seed({seed})", f"np.random.seed({seed % 2**32})"]

    def _write(self, request: Request, *, is_last: bool, passed_on: set[int]) -> None:
        if request["do"] in ("value", "look") and not is_last:
            return
        if request["do"] == "create":
            is_array = isinstance(request["value"], np.ndarray)
            name = self._new_name("x" if is_array else self._passed_as(request["number"]))
            self.names[request["number"]] = name
            self._assign(name, self._python(request["value"]))
            return
        expression = self._expression(request)
        if is_last:
            self._end(request, expression)
        elif "number" in request:
            name = self._new_name(variable_of(class_in(request)))
            self.names[request["number"]] = name
            self.body.append(f"{name} = {expression}")
        elif request.get("keep") in passed_on:
            name = self._new_name("answer")
            self.answers[request["keep"]] = name
            self.body.append(f"{name} = {expression}")
        else:
            self.body.append(expression)

    def _passed_as(self, number: int) -> str:
        """Return the name of the parameter that an object is first passed for."""
        for request in self.student.log:
            names = self.parameters.get(name_of(self.student.log, request), [])
            for name, value in zip(names, request.get("args", ()), strict=False):
                if isinstance(value, wire.Reference) and value == wire.Reference(number):
                    return name
        return "made"

    def _end(self, request: Request, expression: str) -> None:
        """Write the request that matters, what came back, and what was expected."""
        error = self.error
        if isinstance(error, StudentError):
            self.body.append(expression)
            told = f"{error.report.type}: {tell(error.report.message)}"
            self.body += _comment(say("raised    "), told)
            return
        if not isinstance(error, Mismatch):  # out of time, for instance
            self.body.append(expression)
            return
        is_it = error.answer is not None or error.is_looked_at
        if not is_it:  # something that the spec has calculated from answers
            self.body.append(expression)
            self.body += _comment(say("checked   "), tell(error.what))
        else:
            path = "".join(f"[{key!r}]" for key in error.path)
            self.body += [f"returned = {expression}{path}", "print(returned)"]
        self.body += _comment(say("returned  "), tell(show(error.returned, error.first)))
        if error.expected is ...:
            self.body += _comment(say("expected  "), tell(error.difference))
            return
        try:
            expected = python_of(error.expected, self.load)
        except Unprintable:
            self.body += _comment(say("expected  "), tell(show(error.expected, error.first)))
            return
        self._assign("expected", expected)
        self.body.append("print(expected)")

    # Expressions

    def _expression(self, request: Request) -> str:
        place = self._place(request["target"])
        match request["do"]:
            case "value" | "look":
                return place
            case "assign":
                key = "..." if request["key"] is None else repr(request["key"])
                return f"{place}[{key}] = {self._python(request['value'])}"
        names = self.parameters.get(name_of(self.student.log, request), [])
        given = [
            self._argument(value, names[n] if n < len(names) else "x")
            for n, value in enumerate(request["args"])
        ]
        named = request.get("kwargs", {}).items()
        given += [f"{name}={self._argument(value, name)}" for name, value in named]
        return f"{place}({', '.join(given)})"

    def _place(self, place: wire.Reference) -> str:
        if isinstance(place.start, str):
            if not place.steps:
                raise Unprintable("a module")
            name = str(place.steps[0][1])
            self.imports[f"from {place.start} import {name}"] = None
            self.taken.add(name)
            return steps_of(place).removeprefix(".")
        if place.start not in self.names:
            raise Unprintable("an object that was returned")
        return f"{self.names[place.start]}{steps_of(place)}"

    def _argument(self, value: Any, name: str) -> str:
        """Return an argument; an array or NumPy number becomes a variable of this name."""
        if isinstance(value, np.ndarray | np.generic):
            return self._variable(value, name)
        if isinstance(value, wire.Callback):
            return self._function(value.number, name)
        return self._python(value)

    def _variable(self, value: Any, name: str) -> str:
        """Assign an array to a variable. The learner's code gets a copy if it is used again."""
        content = _content(value)
        if content not in self.variables:
            made = self._python(value)
            self.variables[content] = self._new_name(name)
            self._assign(self.variables[content], made)
        variable = self.variables[content]
        is_array = isinstance(value, np.ndarray)
        return f"{variable}.copy()" if is_array and self.uses[content] > 1 else variable

    def _python(self, value: Any) -> str:
        match value:
            case wire.Reference():
                return self._place(value)
            case wire.Earlier():
                if value.number not in self.answers:
                    raise Unprintable("an answer that was read")
                return f"{self.answers[value.number]}"
            case wire.Seed():
                return f"np.random.default_rng({value.value})"
            case list() | tuple() if any(map(_is_ours, value)):
                raise Unprintable("a container of objects")
            case dict():
                items = ", ".join(f"{key!r}: {self._python(item)}" for key, item in value.items())
                return f"{{{items}}}"
        return python_of(value, self.load)

    def _function(self, number: int, name: str) -> str:
        """Define a function of the spec, with the values that it uses, and return its name."""
        function, state = self.student.functions[number]
        text = text_of_function(function, state)
        self.imports.update(dict.fromkeys(text.imports))
        for own, value in text.values.items():  # each function is used by one call only
            if isinstance(value, Handle):
                if self._place(value._place) != own:
                    raise Unprintable(own)
            elif own in self.taken - self.of_functions:
                raise Unprintable(own)
            elif callable(value):
                inner = text_of_function(value)
                if inner.values or inner.imports or inner.name:
                    raise Unprintable(own)
                self.body.append(f"{own} = {inner.code}")
            else:
                self._assign(own, python_of(value, self.load))
            if not isinstance(value, Handle):
                self.of_functions.add(own)
                self.taken.add(own)
        if text.name:
            self.body += ["", *text.code.splitlines(), ""]
            return text.name
        variable = self._new_name(name)
        self.body.append(f"{variable} = {text.code}")
        return variable

    def _assign(self, name: str, python: str) -> None:
        indented = python.replace("\n", "\n" + " " * len(f"{name} = "))
        self.body.append(f"{name} = {indented}")

    def _new_name(self, wanted: str) -> str:
        number, name = 1, wanted
        while name in self.taken:
            number += 1
            name = f"{wanted}{number}"
        self.taken.add(name)
        return name


def _content(value: np.ndarray | np.generic) -> object:
    return value.shape, value.dtype, value.tobytes()


def _arrays_in(value: object) -> Iterator[np.ndarray]:
    """Yield the arrays that are arguments in a log."""
    for request in value if isinstance(value, list) else ():
        given = (*request.get("args", ()), *request.get("kwargs", {}).values())
        yield from (one for one in given if isinstance(one, np.ndarray))


def _is_ours(value: object) -> bool:
    return isinstance(value, wire.Reference | wire.Earlier | wire.Callback | wire.Seed)


def _comment(label: str, text: str) -> Iterator[str]:
    """Yield the lines of a text as comments, with a label before the first."""
    for line in printable_lines(text).splitlines():
        yield f"# {label}{line}".rstrip()
        label = INDENT


def _parameters(modules: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of the parameters of each function and class: ``MulLayer.forward``."""
    for text in modules:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                yield node.name, [one.arg for one in node.args.args]
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef):
                        names = [one.arg for one in inner.args.args[1:]]
                        yield f"{node.name}.{inner.name}".removesuffix(".__init__"), names
