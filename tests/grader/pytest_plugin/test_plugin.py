"""What a learner sees in pytest: each test runs it on an exercise in a copy of the course."""

import os
import re
import shutil
from xml.etree import ElementTree

import pytest
from pytest_learner import AFFINE, PytestLearner, assert_hides_the_spec, last_line

from grader.messages.wrapping import columns

IN_PLACE = "dx = dout\n        dx[self.mask] = 0"  # what a Relu writes that changes dout


def test_an_exercise_in_which_a_part_is_written_tells_the_rest_apart(learner):
    """softmax is green before the loss exists; the loss is said once not to be written."""
    text = (learner.root / "exercises/04_softmax_with_loss/softmax_with_loss.py").read_text("utf-8")
    softmax = "    e = np.exp(x - np.max(x, axis=-1, keepdims=True))\n"
    softmax += "    return e / np.sum(e, axis=-1, keepdims=True)\n"
    blank = "    raise NotImplementedError('softmax: to be written')\n"
    assert blank in text
    learner.writes(
        "exercises/04_softmax_with_loss/softmax_with_loss.py", text.replace(blank, softmax)
    )
    output = learner.runs("exercises/04_softmax_with_loss", "-v", code=1)
    assert len(re.findall(r"::test_softmax_\w+ PASSED", output)) == 3
    assert len(re.findall(r"::test_SoftmaxWithLoss_\w+ NOT STARTED", output)) == 5
    assert output.count("SoftmaxWithLoss.forward: to be written") == 1
    assert "FAILURES" not in output
    assert "04_softmax_with_loss: 3 of 10 core" in last_line(output)


# Ways to run a part


def test_a_single_spec_runs_by_its_node_id(learner):
    """As the test panel of an editor does."""
    learner.solves("03_affine")
    output = learner.runs(f"{AFFINE}::test_Affine_takes_a_batch_of_one", code=0)
    assert "1 passed" in output


def test_a_part_is_chosen_by_keyword(learner):
    """-k runs what it names, and claims nothing about the rest."""
    learner.solves("03_affine")
    output = learner.runs("exercises/03_affine", "-k", "db_sums", code=0)
    assert "1 passed, 10 deselected" in output
    assert "Done" not in output


def test_the_first_failure_ends_the_run_if_asked(learner):
    """-x stops at the first broken promise, and -v names each spec in the learner's own file."""
    learner.solves("03_affine", ("np.sum(dout, axis=0)", "np.sum(dout)"))
    output = learner.runs("exercises/03_affine", "-x", "-v", code=1)
    assert "1 failed, 1 passed" in output
    assert f"{AFFINE}::test_Affine_works_through_the_example FAILED" in output
    assert "Done" not in output


def test_each_spec_is_collected_exactly_once(learner):
    """Under the learner's own file, and nothing else."""
    output = learner.runs("exercises/03_affine", "--collect-only", "-q", code=0)
    spec = (learner.root / "tests/specs/test_03_affine.py").read_text("utf-8")
    names = re.findall(r"^def (test_\w+)", spec, re.MULTILINE)
    assert len(names) == 11
    assert [line for line in output.splitlines() if "::" in line] == [
        f"{AFFINE}::{name}" for name in names
    ]


def test_a_report_in_xml_is_written(learner):
    """Machine-readable, with the right number of failures."""
    learner.solves("03_affine", ("np.sum(dout, axis=0)", "np.sum(dout)"))
    learner.runs("exercises/03_affine", "--junitxml=report.xml", "-q", code=1)
    (suite,) = ElementTree.parse(learner.root / "report.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("11", "5", "0")
    assert "INTERNALERROR" not in (learner.root / "report.xml").read_text("utf-8")


# What is wrong


def test_a_broken_promise_shows_what_was_returned_and_expected(learner):
    """The promise, both values, and the difference; however much detail is asked for, no spec."""
    learner.solves("03_affine", ("np.sum(dout, axis=0)", "np.sum(dout)"))
    output = learner.runs("exercises/03_affine", "-vv", "-l", "--tb=long", code=1)
    assert " The example of the docstring gives [[14, 26]], dx, dW and db as it says. " in output
    assert "checked   db after backward\n" in output
    assert "returned  1.0\n" in output
    assert "expected  float64, shape (2,)\n          [1. 0.]\n" in output
    assert "differs   shape () instead of (2,); it is the sum of all that was expected\n" in output
    assert_hides_the_spec(output, learner, "03_affine")


def test_an_exception_shows_the_learners_own_line_once(learner):
    """The other promises that it breaks are listed; what was printed is shown as well."""
    wrong = "print('dout is', dout.shape)\n        raise ValueError('no idea')"
    learner.solves("03_affine", ("dx = np.dot(dout, self.W.T)", wrong))
    output = learner.runs("exercises/03_affine", code=1)
    text = (learner.root / AFFINE).read_text("utf-8")
    line = text[: text.index("raise ValueError")].count("\n") + 1
    assert output.count("raised    ValueError: no idea\n") == 1
    assert output.count(f"at        affine.py:{line}    raise ValueError('no idea')\n") == 1
    assert output.count("ValueError: no idea") == 1
    assert "\n8 more promises break for the same reason:\n  Affine.backward " in output
    assert "Captured stdout call" in output
    assert "dout is (1, 2)" in output
    assert_hides_the_spec(output, learner, "03_affine")


def test_a_failing_stretch_spec_costs_nothing(learner):
    """It is an expected failure: exit code 0, done, and a star that is not filled."""
    learner.solves("02_activations", ("dx = dout * ~self.mask", IN_PLACE))
    output = learner.runs("exercises/02_activations", code=0)
    assert "13 passed, 1 xfailed" in output
    told = "02_activations: 10 of 10 core, 10 of 10 points ★★☆★. Done! Next: pytest "
    assert last_line(output) == f"{told}exercises/03_affine"


def test_a_failing_stretch_spec_says_its_promise_when_asked(learner):
    """-rx: why there is no star."""
    learner.solves("02_activations", ("dx = dout * ~self.mask", IN_PLACE))
    output = learner.runs("exercises/02_activations", "-rx", code=0, COLUMNS="300")
    assert "Relu.backward answers with a copy and leaves dout and x as they were." in output


def test_the_debugger_opens_at_the_learners_own_line(learner):
    """--pdb: the learner's file and variables."""
    wrong = "width = self.W.shape[1]\n        dx = dout[:, width + 7]"
    learner.solves("03_affine", ("dx = np.dot(dout, self.W.T)", wrong))
    arguments = ("exercises/03_affine", "--pdb")
    output = learner.runs(*arguments, stdin="p 'width is %d' % width\nq\n", code=2)
    assert re.search(r"^> .*affine\.py\(\d+\)backward\(\)\n-> dx = dout\[", output, re.MULTILINE)
    assert "'width is 2'" in output
    assert_hides_the_spec(output, learner, "03_affine")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import sys\n\nsys.exit()\n", "your code called sys.exit()\nat        affine.py:3"),
        ("class Affine:\n    def f(:\n", "SyntaxError: invalid syntax\nat        affine.py:2"),
        ("from .net import x\n", "raised    ImportError: attempted relative import with no known"),
        ("class Afine:\n    pass\n", "raised    AttributeError: affine.py defines no Affine"),
    ],
    ids=["sys.exit", "syntax error", "missing module", "missing class"],
)
def test_a_file_that_cannot_be_used_says_why(learner, text, told):
    """Exit code 1, the reason told in full once, and no traceback."""
    learner.writes(AFFINE, text)
    output = learner.runs("exercises/03_affine", code=1)
    assert output.count(told) == 1
    assert "03_affine: 0 of 10 core" in last_line(output)
    assert_hides_the_spec(output, learner, "03_affine")


def test_a_file_in_another_encoding_says_which(learner):
    """Chinese Windows may save as GBK; the learner reads where, and what to do."""
    content = (learner.root / "solutions/03_affine/affine.py").read_text("utf-8")
    (learner.root / AFFINE).write_bytes(f"{content}# 你好\n".encode("gbk"))
    output = learner.runs("exercises/03_affine", code=1)
    assert f"affine.py is not encoded in UTF-8 (byte 0xc4 in line {content.count(chr(10)) + 1}" in (
        output
    )
    assert "It is most likely GBK. Save it as UTF-8." in output
    assert_hides_the_spec(output, learner, "03_affine")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("None", "is a `return` missing?"),
        ("np.zeros((2, 3))", "shape (2, 3) instead of (5, 4)"),
        ("np.array([None] * 4)", "an array of dtype object, shape (4,)"),
        ("x @ self.W * np.nan", "the first at [0, 0]: nan instead of"),
    ],
    ids=["None", "shape", "object", "NaN"],
)
def test_an_answer_of_the_wrong_kind_is_told_as_such(learner, wrong, told):
    """Exit code 1, and the kind of the answer in words."""
    learner.solves("03_affine", ("np.dot(x, self.W) + self.b", wrong))
    output = learner.runs("exercises/03_affine", "-k", "matrix_product", code=1)
    assert told in output
    assert_hides_the_spec(output, learner, "03_affine")


# Whose code is run


@pytest.mark.thorough
def test_a_later_exercise_runs_on_the_learners_own_earlier_ones(learner):
    """A wrong Relu makes the learner's correct network fail."""
    learner.solves("02_activations", ("~self.mask", "self.mask"))
    for name in ("03_affine", "04_softmax_with_loss", "05_numerical_gradient", "06_two_layer_net"):
        learner.solves(name)
    output = learner.runs("exercises/06_two_layer_net", "-v", code=1)
    assert "::test_TwoLayerNet_gradient_of_the_first_layer FAILED" in output
    assert "::test_TwoLayerNet_gradient_of_the_second_layer PASSED" in output
    assert_hides_the_spec(output, learner, "06_two_layer_net")


def test_a_later_exercise_is_blocked_by_an_earlier_one_that_is_not_written(learner):
    """It says which one, once, and not that something is wrong here."""
    for name in ("02_activations", "04_softmax_with_loss", "05_numerical_gradient"):
        learner.solves(name)
    learner.solves("06_two_layer_net")
    output = learner.runs("exercises/06_two_layer_net", code=1)
    assert " blocked" in output
    assert output.count("it needs 03_affine, which is not written yet: Affine.forward") == 1
    assert "FAILURES" not in output


@pytest.mark.thorough
def test_an_installed_package_of_the_same_name_stays_out(learner):
    """There is an `affine` with a class `Affine` on the package index."""
    package = learner.root.parent / "elsewhere" / "affine"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("class Affine:\n    pass\n", "utf-8")
    for name in ("02_activations", "03_affine", "04_softmax_with_loss", "05_numerical_gradient"):
        learner.solves(name)
    learner.solves("06_two_layer_net")
    already = os.environ.get("PYTHONPATH", "")
    where = {"PYTHONPATH": f"{package.parent}{os.pathsep}{already}"}
    output = learner.runs("exercises/03_affine", "exercises/06_two_layer_net", code=0, **where)
    assert "03_affine: 10 of 10 core" in output
    assert "06_two_layer_net: 12 of 12 core" in output


@pytest.mark.thorough
def test_a_second_copy_of_the_course_uses_its_own_files(learner):
    """Its own stub and its own spec, whichever copy is installed, and from whichever folder."""
    learner.solves("03_affine")
    other = learner.root.parent / "other"
    shutil.copytree(learner.root, other)
    spec = other / "tests/specs/test_03_affine.py"
    promise = "Affine.backward sets db: dout summed over the samples."
    text = spec.read_text("utf-8")
    assert promise in text
    spec.write_text(text.replace(promise, "The other course promises this."), "utf-8")
    PytestLearner(other, learner.process).solves(
        "03_affine", ("np.sum(dout, axis=0)", "np.sum(dout)")
    )
    learner.runs("exercises/03_affine", code=0)
    output = learner.runs(other / "exercises/03_affine", "-k", "db_sums", code=1)
    assert "The other course promises this." in output


def test_specs_named_by_themselves_are_bound_to_the_solutions(learner):
    """A bare pytest takes nothing from the exercises, and passes with nothing written there."""
    learner.writes(AFFINE, "this is no Python\n")
    output = learner.runs("--collect-only", "-q", code=0)
    names = [line for line in output.splitlines() if "::" in line]
    assert len(names) > 70
    assert {name.split("/")[0] for name in names} == {"tests"}
    output = learner.runs("-k", "Affine_ and test_03", code=0)
    assert "11 passed" in output
    assert "core" not in output


@pytest.mark.thorough
def test_what_the_course_lacks_is_not_blamed_on_the_learner(learner, tmp_path):
    """Without the digits and without a network, the last exercise says what to do about it."""
    for folder in (learner.root / "solutions").iterdir():
        learner.solves(folder.name)
    nobody = "http://127.0.0.1:9/"
    offline = {"HTTPS_PROXY": nobody, "https_proxy": nobody, "PIP_INDEX_URL": f"{nobody}simple"}
    away = {"KATA_CACHE": str(tmp_path / "cache"), "MNIST_DIR": "", **offline}
    output = learner.runs("exercises/07_mnist", "-k", "in_one_epoch", code=1, **away)
    assert "the course itself failed here, not your code" in output
    assert "set the environment variable MNIST_DIR" in output
    assert_hides_the_spec(output, learner, "07_mnist")


# Known mistakes


@pytest.mark.thorough
def test_nothing_is_shown_of_how_the_known_mistakes_ran(knowing):
    """They overflow where the learner's code does not, and their warnings are not shown."""
    knowing.writes("exercises/02_activations/activations.py", "import numpy\n")
    output = knowing.runs("exercises/02_activations", code=1)
    assert "0 of 10 core" in last_line(output)
    assert "Warning" not in output
    assert "/submission/" not in output


# Another language


def test_a_learner_reads_messages_in_their_language(learner):
    """Promises, help and what is not written yet, in headings that fit the terminal."""
    learner.solves("03_affine", ("np.sum(dout, axis=0)", "np.sum(dout)"))
    learner.writes("exercises/zh-CN.toml", '"MulLayer.forward: to be written" = "请写完"')
    exercises = ("exercises/01_simple_layers", "exercises/03_affine")
    output = learner.runs(*exercises, "--hint", "--hint", code=1, KATA_LANG="zh-CN")
    (heading,) = (line for line in output.splitlines() if line.startswith("__"))
    assert columns(heading) == 80
    assert "提示      偏置被加到了每个样本上。样本沿着哪个轴排列？" in output
    assert "典型错误  db对所有的轴求和了（Affine.backward）" in output
    assert "  请写完\n" in output


@pytest.mark.thorough
@pytest.mark.parametrize(
    "own", ["nothing was handed in", "the numbers are right", "did you mean x?"]
)
def test_what_a_learner_wrote_stays_as_it_is_in_every_language(learner, own):
    """Even where it is a sentence of ours; the words around it are translated."""
    learner.solves("03_affine", ("        self.W = W", f"        raise ValueError({own!r})"))
    output = learner.runs("exercises/03_affine", code=1, KATA_LANG="zh-CN")
    assert f"发生异常  ValueError: {own}" in output


@pytest.mark.thorough
@pytest.mark.parametrize("folder", ["tests/specs", "tests/mistakes", "exercises"])
def test_a_faulty_catalogue_is_told_before_anything_runs(learner, folder):
    """And does not affect learners who read English."""
    learner.writes(f"{folder}/zh-CN.toml", "x = 1\n")
    output = learner.runs("exercises/03_affine", code=2, KATA_LANG="zh-CN")
    path = learner.root / folder / "zh-CN.toml"
    assert f"""\n{path}: expected "English" = "translation", found 'x'\n""" in output
    assert "grader/" not in output
    learner.runs("exercises/03_affine", code=1)


def test_a_language_that_nobody_speaks_is_told(learner):
    """With those that there are, and before anything runs."""
    output = learner.runs("exercises/03_affine", code=4, KATA_LANG="xx")
    assert output.strip() == "ERROR: KATA_LANG is 'xx'; the languages are en, zh-CN"
