"""Checks that catalogues of translations are complete and well-formed."""

import ast
import re
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from grader.course.course import Course
from grader.course.spec_source import texts_in
from grader.course.stub_translation import rewrite
from grader.messages.language import ENGLISH, LANGUAGES, catalogue, catalogue_file
from grader.mistakes.catalogue import read_mistakes

HAN = "\u4e00-\u9fff"
_ASCII_MARK = re.compile(rf"[{HAN}] ?[,;?!](?!\d)|[{HAN}][.:](\s|$)|[,;:?!.] ?[{HAN}]")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def check_translations(course: Course) -> Iterator[str]:
    """Compare the catalogues of a course with its English texts.

    Parameters
    ----------
    course : Course
        Course with its catalogues. A language without any catalogue is not checked.

    Yields
    ------
    str
        Each translation that is missing or ill-formed. Translations of texts that are not used are
        ignored, since a course may be a part of another.
    """
    texts = texts_of(course)
    for language in LANGUAGES:
        there = any(catalogue_file(folder, language).is_file() for folder in texts)
        if language != ENGLISH and there:
            for folder, said in texts.items():
                yield from compare(folder, language, said)


def texts_of(course: Course) -> dict[Path, list[str]]:
    """Collect the texts of a course that learners read, except its lessons.

    Parameters
    ----------
    course : Course
        Course whose specs, mistakes and stubs are read.

    Returns
    -------
    dict of Path to list of str
        English texts by the folder of the catalogue for their translations.
    """
    specs, mistakes, stubs = (
        course.root / folder for folder in ("tests/specs", "tests/mistakes", "exercises")
    )
    texts: dict[Path, list[str]] = {specs: [], mistakes: [], stubs: []}
    for exercise in course.exercises:
        texts[specs] += texts_in(exercise.spec.read_text("utf-8"))
        texts[mistakes] += [text for m in read_mistakes(exercise) for text in (m.title, m.hint)]
        rewrite(exercise.stub.read_text("utf-8"), partial(_note, texts[stubs]))
    return texts


def _note(texts: list[str], text: str) -> str:
    texts.append(text)
    return text


def messages_in(folder: Path) -> Iterator[str]:
    """Find the texts that the code of a package passes to `say`, `translate` and `english`.

    Parameters
    ----------
    folder : Path
        Folder of the package, which is searched with its subpackages.

    Yields
    ------
    str
        Each English text.
    """
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    ast.Name("say" | "translate" | "english")
                    | ast.Attribute(attr="say" | "translate"),
                    [ast.Constant(str(text))],
                ):
                    yield text


def compare(folder: Path, language: str, said: Collection[str]) -> Iterator[str]:
    """Compare a catalogue with the English texts that it should contain.

    Parameters
    ----------
    folder : Path
        Folder of the catalogue.
    language : str
        Language of the catalogue, such as ``zh-CN``.
    said : collection of str
        English texts, which are the keys of the catalogue.

    Yields
    ------
    str
        Each translation that is missing or ill-formed.
    """
    path = catalogue_file(folder, language)
    translations = catalogue(folder, language)
    for text in dict.fromkeys(said):
        if text not in translations:
            yield f"{path}: not translated: {text!r}"
    for text, translation in translations.items():
        for problem in _problems(text, translation):
            yield f"{path}: {problem}: {translation!r}"


def _problems(text: str, translation: str) -> Iterator[str]:
    if translation == text or not translation:
        yield "the translation is the English text, or empty"
        return
    if sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(translation)):
        yield "it has other values in braces than the English text"
    if _ASCII_MARK.search(translation.removeprefix("TODO: ")):
        yield "Chinese takes ， 。 ： ； ？ ！"
