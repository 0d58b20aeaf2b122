"""What is green at home is green when it is graded, and red things are told alike.

Some three hundred submissions are loaded and called in this process, as a learner's own pytest
does, and in a worker, as the judge does. They combine what learners import with where they do it,
and with the kind of file that they hand in.
"""

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.course.modules import offer_of
from grader.course.settings import find_course
from grader.submissions.notebooks.exported_file import without_magics
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.student import Student, StudentError
from grader.worker.module_loader import importable
from grader.worker.source import Source

COURSE = find_course(Path(__file__))
OFFER = offer_of(COURSE)
SOLUTIONS = str(Path(__file__).parents[1] / "solutions")

LINES = {
    "nothing": ("", ""),
    "pyplot": ("import matplotlib.pyplot as plt", "plt.plot(x); plt.show()"),
    "seaborn": ("import seaborn as sns", "sns.heatmap(x)"),
    "torch": ("import torch", "x = torch.tensor(x)"),
    "pandas": ("import pandas as pd", "pd.DataFrame(x)"),
    "tqdm": ("from tqdm import tqdm", "x = [row for row in tqdm(x)]"),
    "colab": ("from google.colab import drive", "drive.mount('/content/drive')"),
    "pytest": ("import pytest", "pytest.approx(x)"),
    "rich": ("from rich import print", "print(x)"),
    "book": ("from common.functions import softmax", "softmax(x)"),
    "book's layers": ("from common.layers import *", "Relu().forward(x)"),
    "own helper": ("import helpers", "helpers.check(x)"),
    "misspelt": ("import nunpy as npp", "npp.zeros(3)"),
    "library": ("import math, os.path, collections.abc", "math.sqrt(2)"),
    "no such part": ("import numpy.linag", "1"),
    "missing exercise": ("from activations import Relu", "Relu()"),
    "another way": ("try:\n    import cupy\nexcept ImportError:\n    cupy = None", "cupy.zeros(3)"),
    "dataset": ("from dataset.mnist import load_mnist", "load_mnist(one_hot_lable=True)"),
    "data": ("from dataset.mnist import load_mnist", "load_mnist()"),
    "pictures": ("from dataset.pictures import show_training", "show_training([], x, x, x)"),
    "display": ("", "display(x)"),
    "ipython": ("", "get_ipython().magic('x')"),
    "input": ("", "int(input('?'))"),
    "full-width": ("x = （1）", ""),
    "conflict": ("<<<<<<< HEAD", ""),
    "magic": ("!pip list", ""),
    "relative": ("from .activations import Relu", ""),
}

CLASS = """import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        {inside}
        return np.dot(x, self.W) + self.b
"""

PLACES = {
    "unused": lambda line, use: f"{line}\n{CLASS.format(inside='')}",
    "used": lambda line, use: f"{line}\n{CLASS.format(inside=use)}",
    "inside": lambda line, use: CLASS.format(inside="\n        ".join([*line.split("\n"), use])),
    "below": lambda line, use: f"{CLASS.format(inside='')}\n{line}\nx = 1\n{use}\n",
}


def source_of(text, kind):
    """The text as a file, as an exported file, or as a notebook of two cells."""
    if kind == "cells":
        above, between, below = text.partition("class Affine")
        return Source("/submission/affine.ipynb", "", cells=(above, between + below))
    mark = "# In[1]:\n" if kind == "exported" else ""
    return without_magics(Source("/submission/affine.py", mark + text))[0]


def outcome_of(transport):
    """What a call returns, or everything that is told of its failure."""
    student = Student(transport, "affine", 0)
    try:
        layer = student.Affine(np.ones((2, 3)), np.ones(3))
        return "returned", np.asarray(layer.forward(np.ones((4, 2)))).tolist()
    except StudentError as error:
        report = error.report
        frames = [(frame.file, frame.line, frame.code) for frame in report.frames]
        return report.type, str(report.message), str(report.hint), report.imported, frames


@pytest.mark.parametrize("kind", ["file", "exported", "cells"])
def test_home_and_judge_agree_on_what_learners_import(kind, monkeypatch):
    """The same answer, or the same words, whatever is installed at home."""
    # Other tests in this process may have imported solutions.
    monkeypatch.delitem(sys.modules, "activations", raising=False)
    monkeypatch.setattr(sys, "path", [one for one in sys.path if not one.startswith(SOLUTIONS)])
    seen = set()
    for (line, use), place in itertools.product(LINES.values(), PLACES.values()):
        sources = {"affine": source_of(place(line, use), kind)}
        with importable(sources, OFFER):
            at_home = outcome_of(InProcess(sources))
        with Judged(sources, confined=False, offer=OFFER) as worker:
            judged = outcome_of(worker)
        assert judged == at_home, sources["affine"]
        seen.add(at_home[0])
    assert {"returned", "ModuleNotFoundError", "EOFError"} <= seen
