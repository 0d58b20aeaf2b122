"""Traces each sentence of a lesson's task and a stub's docstrings to the specs that hold it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from grader.course.course import Exercise
from grader.errors import CourseError

TASK = re.compile(r"^## Your task\n(.*?)^## ", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_BULLET = re.compile(r"^- ", re.MULTILINE)
_END = re.compile(r"(?<=[.!?]) +(?=[A-Z`*(\[])")
_SECTION = re.compile(r"^(?:Parameters|Returns|Attributes|Yields|Raises)\n-+\n", re.MULTILINE)
_ENTRY = re.compile(r"^\S.*\n(?= )", re.MULTILINE)


def check_promises(exercise: Exercise) -> Iterator[str]:
    """Compare the list of an exercise's promises with what it says to learners.

    The list is a TOML file. Each key is a sentence; its value is a list of the specs that hold it,
    or a text that says why none can.

    Parameters
    ----------
    exercise : Exercise
        Exercise with a list, `Exercise.promises`.

    Yields
    ------
    str
        Each sentence that is not in the list or not said any longer, each value that names no spec
        and gives no reason, and each spec that holds no sentence.
    """
    specs, listed, said = _names_of_specs(exercise), _read(exercise), sentences_of(exercise)
    for sentence in said:
        if sentence not in listed:
            yield f"no spec and no reason is listed for: {sentence}"
    for sentence, held_by in listed.items():
        if sentence not in said:
            yield f"it is listed, but said neither in the task nor in the stub: {sentence}"
        if not isinstance(held_by, str | list) or not held_by or not all(held_by):
            yield f"expected a list of specs or a reason: {sentence}"
        elif isinstance(held_by, list):
            for name in held_by:
                if name not in specs:
                    yield f"there is no spec {name}, which is listed for: {sentence}"
    used = {name for held_by in listed.values() if isinstance(held_by, list) for name in held_by}
    for name in sorted(specs - used):
        yield f"{name} asks for what no sentence says"


def sentences_of(exercise: Exercise) -> dict[str, None]:
    """Return the sentences of a lesson's task and of a stub's docstrings, in order.

    Code, headings and the types of parameters are left out, and so is what is given to learners.

    Parameters
    ----------
    exercise : Exercise
        Exercise with a lesson and a stub.

    Returns
    -------
    dict of str to None
        Sentences on one line each.
    """
    task = TASK.search(exercise.lesson.read_text("utf-8"))
    texts = [_BULLET.sub("\n", _BLOCK.sub("\n", task[1]))] if task else []
    for node in _unwritten(ast.parse(exercise.stub.read_text("utf-8"))):
        docstring = ast.get_docstring(node) or ""
        texts.append(_ENTRY.sub("\n", _SECTION.sub("\n", f"{docstring}\n")))
    paragraphs = (paragraph for text in texts for paragraph in re.split(r"\n\s*\n", text))
    sentences = (one for paragraph in paragraphs for one in _END.split(" ".join(paragraph.split())))
    return dict.fromkeys(filter(None, sentences))


def _unwritten(tree: ast.Module) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    """Yield the classes with their methods, and the functions that a learner writes."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node
            yield from (one for one in node.body if isinstance(one, ast.FunctionDef))
        elif isinstance(node, ast.FunctionDef) and "NotImplementedError" in ast.unparse(node):
            yield node


def _names_of_specs(exercise: Exercise) -> set[str]:
    tree = ast.parse(exercise.spec.read_text("utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return {node.name for node in functions if node.name.startswith("test")}


def _read(exercise: Exercise) -> dict[str, Any]:
    try:
        return tomllib.loads(exercise.promises.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{exercise.promises} is not valid TOML: {error}") from None
