"""What the code of a submission may import, and what it reads about the rest."""

import builtins
import sys

import pytest
from submitted_code import submission

from grader.transport.judged import Judged
from grader.transport.student import Student, StudentError
from grader.transport.worker_process import can_confine
from grader.worker.exception_report import describe
from grader.worker.loading.offer import Offer
from grader.worker.module_loader import importable
from grader.worker.source import Source

OFFER = Offer(
    {
        "affine": ("Affine",),
        "layers": ("softmax", "Layer"),
        "two_layer_net": ("TwoLayerNet",),
    }
)


def run(text, call="f()", offer=OFFER, **others):
    """What a call into a module with that code returns, and what it could not import."""
    with importable(submission(layers=text, **others), offer) as importer:
        import layers

        return eval(call, vars(layers)), [name for _, name in importer.absent]


def report_on(text, call="f()", offer=OFFER):
    """What is reported of the exception that ends the call."""
    sources = submission(layers=text)
    with importable(sources, offer):
        try:
            import layers

            eval(call, vars(layers))
        except Exception as error:
            return describe(error, sources)
    raise AssertionError("nothing was raised")


def complaint(text, call="f()", offer=OFFER):
    """The message of that exception."""
    return str(report_on(text, call, offer).message)


# Where an import stands


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import torch", "torch"),
        ("import torch.nn as nn, pandas", "torch.nn"),
        ("from torch import nn, optim", "torch"),
        ("from tqdm import tqdm", "tqdm"),
        ("from google.colab import drive, files", "google.colab"),
        ("from common.layers import *", "common.layers"),
        ("import helpers", "helpers"),
        ("from torch.utils.data import DataLoader as Loader", "torch.utils.data"),
    ],
)
def test_an_import_that_cannot_be_had_costs_nothing_where_it_stands(line, name):
    """It is remembered, to warn of it.

    Seen in ucbds-infra/otter-grader#906: matplotlib was not in the grading image, so that all that
    followed it failed, after the tests had passed in the notebook.
    """
    answer, absent = run(f"{line}\ndef f(): return 1")
    assert answer == 1
    assert absent[0] == name


@pytest.mark.parametrize("line", ["import numpy.linalg", "from math import pi", "import affine"])
def test_what_the_course_offers_is_imported(line):
    """The standard library, NumPy and the other exercises are what they are anywhere."""
    answer, absent = run(f"{line}\ndef f(): return 1", affine="")
    assert (answer, absent) == (1, [])


def test_an_exercise_that_was_not_handed_in_fails_where_it_is_imported():
    """Whoever builds on it is blocked: its absence is told at once."""
    report = report_on("from affine import Affine\ndef f(): return 1")
    assert (report.type, report.imported) == ("ModuleNotFoundError", "affine")


@pytest.mark.parametrize("line", ["import numpy.linag", "from . import affine", "import os.pth"])
def test_a_part_that_a_library_does_not_have_fails_where_it_is_imported(line):
    """It is a slip, and nothing that could be had elsewhere."""
    assert "Error" in report_on(f"{line}\ndef f(): return 1").type


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("try:", "except ImportError:\n    found = False"),
        ("try:", "except (OSError, ModuleNotFoundError):\n    found = False"),
        ("try:", "except:\n    found = False"),
        ("try:", "except Exception as e:\n    found = False"),
        ("from contextlib import suppress\nfound = False\nwith suppress(ImportError):", ""),
    ],
)
@pytest.mark.parametrize("name", ["cupy", "matplotlib.pyplot", "google.colab"])
def test_code_that_has_another_way_takes_it(begin, end, name):
    """`try: import cupy as np`, `IN_COLAB`: the error is what the code asks for."""
    text = f"{begin}\n    import {name} as np\n    found = True\n{end}\ndef f(): return found"
    assert run(text)[0] is False


@pytest.mark.parametrize("end", ["except ValueError:\n    pass", "finally:\n    pass"])
def test_a_try_for_something_else_is_no_other_way(end):
    """Its import matters where it is used, like any other."""
    assert run(f"try:\n    import cupy\n{end}\ndef f(): return 1")[0] == 1


def test_what_is_installed_here_makes_no_difference(monkeypatch):
    """What a judge does not have is not there in the learner's own pytest either."""
    assert "pytest" in sys.modules
    assert "pytest is not there" in complaint("import pytest\ndef f(): return pytest.main()")
    monkeypatch.setitem(sys.modules, "torch", builtins)
    assert run("import torch\ndef f(): return torch is None")[0] is False
    assert "torch is not there" in complaint("import torch\ndef f(): return torch.abs(-1)")


# What is told where it is used


def test_what_the_course_offers_is_told_where_something_else_is_used():
    """In the learner's line, not in the import's."""
    report = report_on("import torch\n\ndef f():\n    return torch.zeros(3)\n")
    assert (report.type, report.imported) == ("ModuleNotFoundError", "torch")
    assert [(frame.line, frame.code) for frame in report.frames] == [(4, "return torch.zeros(3)")]
    assert str(report.message) == (
        "torch is not there when your work is graded: the course offers the standard library of "
        "Python and NumPy"
    )


@pytest.mark.parametrize(
    ("line", "use", "told"),
    [
        (
            "from common.functions import softmax, cross_entropy_error",
            "softmax(1)",
            "softmax is yours to write, in this file: this course has no common.functions",
        ),
        (
            "from common.layers import Affine, Relu",
            "Affine(1, 2)",
            "this course has no common.layers: write `from affine import Affine`",
        ),
        (
            "from TwoLayerNet import TwoLayerNet",
            "TwoLayerNet(1)",
            "this course has no TwoLayerNet: write `from two_layer_net import TwoLayerNet`",
        ),
        (
            "import TwoLayerNet as t",
            "t.TwoLayerNet(1)",
            "this course has no TwoLayerNet: write `from two_layer_net import TwoLayerNet`",
        ),
        (
            "from ch05.two_layer_net import TwoLayerNet as Net",
            "Net(1)",
            "this course has no ch05.two_layer_net: write `from two_layer_net import TwoLayerNet`",
        ),
        ("from common.util import smooth_curve", "smooth_curve(1)", "common.util is not there"),
        ("import nunpy as np", "np.zeros(3)", "there is no nunpy: did you mean numpy?"),
        ("import affin", "affin.Affine()", "this course has no affin: write `from affine import"),
        ("import maths", "maths.sqrt(1)", "there is no maths: did you mean math?"),
    ],
)
def test_the_books_imports_are_answered_with_what_to_write_here(line, use, told):
    """Seen in repositories of learners, who have the book's folders `common` and `ch05`."""
    text = f"import sys, os\nsys.path.append(os.pardir)\n{line}\ndef f(): return {use}"
    before = list(sys.path)
    try:
        assert told in complaint(text)
    finally:
        sys.path[:] = before


def test_a_name_of_the_course_that_was_not_imported_is_told_with_its_import():
    """After `from common.layers import *`, which imports nothing."""
    text = "from common.layers import *\ndef f(): return Affine(1, 2)"
    report = report_on(text)
    assert report.type == "NameError"
    assert str(report.hint) == "is `from affine import Affine` missing at the top?"


def test_a_misspelt_keyword_of_load_mnist_is_told():
    """`one_hot_lable`: seen in code that was typed from the book."""
    text = "from dataset.mnist import load_mnist\ndef f(): return load_mnist(one_hot_lable=True)"
    report = report_on(text)
    assert report.type == "TypeError"
    assert str(report.hint) == "did you mean one_hot_label?"


def test_a_keyword_of_the_learners_own_function_is_told_likewise():
    """A function, a method and a class; one that is near to nothing has no hint."""
    own = "class A:\n    def __init__(self, width=1): ...\n    def go(self, rate=1): ...\n"
    assert str(report_on(f"{own}def f(): A(widths=1)").hint) == "did you mean width?"
    assert str(report_on(f"{own}def f(): A().go(rat=1)").hint) == "did you mean rate?"
    assert report_on(f"{own}def f(): A(zzz=1)").hint == ""


@pytest.mark.parametrize(
    "line",
    [
        "from dataset.mnist import load_mnist",
        "import dataset.mnist\nload_mnist = dataset.mnist.load_mnist",
        "from dataset import mnist\nload_mnist = mnist.load_mnist",
    ],
)
def test_the_dataset_can_be_imported_and_says_where_to_load_it(line):
    """Data that were loaded while a file is imported would be missing when it is graded."""
    assert "call it in main()" in complaint(f"{line}\ndef f(): return load_mnist()")


def test_nobody_answers_input():
    """Seen as "EOFError: EOF when reading a line" (macobo/python-grader#39)."""
    told = complaint("def f(): return int(input('how many rows? '))")
    assert told == "nobody answers input() here: use the arguments of the function"


@pytest.mark.parametrize(
    "use", ["display(1, 2, raw=True)", "get_ipython()", "str(get_ipython()) and None"]
)
def test_what_a_notebook_always_has_does_nothing(use, capsys):
    """Seen as NameError in micasense/imageprocessing#208, of a notebook as a script."""
    assert run(f"def f(): return {use}")[0] is None
    assert capsys.readouterr().out == ""


def test_the_builtins_of_others_stay_as_they_are():
    """Only the submission's modules have these."""
    before = dict(vars(builtins))
    run("import torch\nlen = None\ndef f(): return 1")
    assert vars(builtins) == before


# Further modules of a course

VERSION = """
import packaging.version

def f():
    import packaging.tags  # a part that is loaded later
    return str(packaging.version.Version('1.0'))
"""


def test_a_course_may_allow_more():
    """They are imported as they are, and named with what the course offers."""
    allowing = Offer({}, ("packaging",))
    assert run(VERSION, offer=allowing) == ("1.0", [])
    told = complaint("import torch\ndef f(): return torch.abs(1)", offer=allowing)
    assert told.endswith("the course offers the standard library of Python, NumPy and packaging")


@pytest.mark.parametrize("confined", [False, True])
def test_a_judge_has_what_its_course_allows_and_no_more(confined):
    """Also in the sandbox, where nothing else of the folder of packages can be read."""
    if confined and not can_confine():
        pytest.skip("there is no sandbox here")
    secret = "\ndef g():\n    import importlib\n    return importlib.import_module('pluggy')"
    sources = {"layers": Source("/submission/layers.py", VERSION + secret)}
    with Judged(sources, confined=confined, offer=Offer({}, ("packaging",))) as worker:
        student = Student(worker, "layers", 0)
        assert student.f() == "1.0"
        with pytest.raises(StudentError, match="pluggy"):
            student.g()[...]
