"""Whether the catalogues hold all that the course says, and nothing else."""

import ast
import string
from pathlib import Path

import pytest
from typer.main import get_command

from dataset.language import CATALOGUE
from grader.checks.translation_check import check_translations, compare, messages_in, texts_of
from grader.course.settings import find_course
from grader.kata.cli import app
from grader.kata.help import HEADINGS, MISUSES, help_texts
from grader.messages.language import CHINESE, MESSAGES, catalogue
from grader.messages.wrapping import columns

ROOT = Path(__file__).parents[3]
PACKAGES = (ROOT / "grader", ROOT / "dataset")


@pytest.fixture(scope="module")
def texts(handed_out_once):
    """All that the course says, by the folder of its catalogue."""
    return texts_of(find_course(handed_out_once))


def test_all_that_the_course_says_is_there_in_chinese(handed_out_once):
    """Promises, titles and hints of mistakes, and the texts of stubs."""
    assert list(check_translations(find_course(handed_out_once))) == []


def test_all_messages_are_there_in_chinese():
    """Whatever the code says, with the same values in it."""
    helped = [*help_texts(get_command(app)), *HEADINGS, *MISUSES]
    grader, dataset = PACKAGES
    for package, folder, more in ((grader, MESSAGES, helped), (dataset, CATALOGUE.parent, [])):
        said = [*messages_in(package), *more]
        assert list(compare(folder, CHINESE, said)) == []
        assert catalogue(folder, CHINESE).keys() - set(said) == set()


def test_no_catalogue_holds_what_the_course_says_no_more(texts):
    """Else they would grow forever."""
    for folder, said in texts.items():
        assert catalogue(folder, CHINESE).keys() - set(said) == set()
    assert [len(set(said)) > 80 for said in texts.values()] == [True] * 3


def test_a_chinese_promise_fits_a_heading_of_a_terminal(texts):
    """Of 80 columns, with a line on each side."""
    (specs,) = (folder for folder in texts if folder.name == "specs")
    assert [one for one in catalogue(specs, CHINESE).values() if columns(one) > 76] == []


def called(call):
    return getattr(call.func, "id", None) or getattr(call.func, "attr", None)


def test_whatever_is_said_is_written_out_with_its_values():
    """No f-string, which no catalogue could hold, and a value for each name in braces."""
    calls = [
        node
        for package in PACKAGES
        for path in package.rglob("*.py")
        if "say" in (text := path.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and called(node) == "say"
    ]
    assert calls
    for call in calls:
        assert isinstance(call.args[0], ast.Constant), ast.unparse(call)
        named = {name for _, name, _, _ in string.Formatter().parse(call.args[0].value) if name}
        assert named == {keyword.arg for keyword in call.keywords}, ast.unparse(call)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "not translated"),
        ('"one {x} two" = "one {x} two"', "is the English text"),
        ('"one {x} two" = ""', "or empty"),
        ('"one {x} two" = "一{y}二"', "other values in braces"),
        ('"one {x} two" = "一二"', "other values in braces"),
        ('"one {x} two" = "一{x}二, 三"', "Chinese takes"),
        ('"one {x} two" = "一{x}二,三"', "Chinese takes"),
        ('"one {x} two" = "一{x}二."', "Chinese takes"),
        ('"one {x} two" = "一{x}二?"', "Chinese takes"),
        ('"one {x} two" = "一: 二{x}"', "Chinese takes"),
        ('"one {x} two" = "一{x}，二。"', None),
        ('"one {x} two" = "TODO: 一{x}(1, 2)、a.b"', None),
    ],
)
def test_each_fault_of_a_catalogue_is_told_with_its_place(tmp_path, line, told):
    """What is missing, empty, forgotten or wrongly punctuated."""
    (tmp_path / "zh-CN.toml").write_text(line, "utf-8")
    problems = list(compare(tmp_path, CHINESE, ["one {x} two"]))
    assert [told in problem for problem in problems] == [True] * bool(told)
    assert all(str(tmp_path / "zh-CN.toml") in problem for problem in problems)


def test_what_a_spec_calls_its_values_is_translated_where_it_is_no_python(texts):
    """Written where it is used, or under a name before."""
    (specs,) = (said for folder, said in texts.items() if folder.name == "specs")
    assert {
        "dW after backward",
        "{name}, after backward(dout)",
        "not the shape it began with",
        "{iterations} iterations should give as many numbers",
    } <= set(specs)
    assert not {"dx", "forward(x, y)", "params[{key}]"} & set(specs)


def test_a_changed_text_is_missing_and_its_old_translation_is_out_of_date(handed_out):
    """In a stub; the same goes for all others."""
    course = find_course(handed_out)
    stub = course.named("affine").stub
    text = stub.read_text("utf-8")
    stub.write_text(text.replace("The bias, kept in the same way.", "A heap of samples."), "utf-8")
    (problem,) = check_translations(course)
    assert problem.endswith("not translated: 'A heap of samples.'")
    assert "The bias, kept in the same way." not in texts_of(course)[handed_out / "exercises"]


def test_a_course_in_one_language_lacks_nothing(handed_out):
    """It is the instructor's choice."""
    for path in handed_out.rglob("zh-CN.toml"):
        path.unlink()
    catalogue.cache_clear()
    assert list(check_translations(find_course(handed_out))) == []
