"""What learners hand in is understood: whole submissions, read and judged for one exercise."""

import json
from pathlib import Path

import pytest

from grader.course.limits import Limits
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.messages.language import speaking, tell
from grader.submissions.class_folder import collect

COURSE = find_course(Path(__file__))
AFFINE = COURSE.named("03_affine")

CLASS = """class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)
"""
WORK = f"import numpy as np\n\n\n{CLASS}"


def notebook(*cells):
    """A notebook; a cell is its code, or a pair of its type and text."""
    pairs = [cell if isinstance(cell, tuple) else ("code", cell) for cell in cells]
    found = [
        {"cell_type": kind, "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for kind, text in pairs
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": found})


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE, [AFFINE], secret="5ec7e7", confined=False)


@pytest.fixture
def graded(judge, tmp_path):
    """Return the points, the notes and the first reason that learners are given."""

    def graded(files):
        for name, content in files.items():
            path = tmp_path / "ann" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        collected = collect(tmp_path, COURSE, Limits(), AFFINE, is_class=True)
        submission = collected.entries[0].read()
        verdict = judge.judge(submission)
        reasons = [spec.message for spec in verdict.exercises[0].specs if not spec.passed]
        return verdict.exercises[0].points, list(verdict.notes), reasons[0] if reasons else ""

    return graded


RIGHT = {
    "display above the class": {"affine.ipynb": notebook(f"display(1)\n{WORK}")},
    "display in forward": {
        "affine.ipynb": notebook(WORK.replace("self.x = x", "display(x)\n        self.x = x"))
    },
    "export of Colab": {
        "affine.py": f'"""affine.ipynb"""\n\n!pip list\n\n{WORK}\n'
        "from google.colab import drive\ndrive.mount('/content/drive')\n"
    },
    "export of Jupyter": {
        "affine.py": "# coding: utf-8\n\n# In[1]:\n\nget_ipython().run_line_magic('matplotlib', "
        f"'inline')\n\n# In[2]:\n\n{WORK}"
    },
    "a magic in the last line": {"affine.py": f"{WORK}\nget_ipython().system('pip list')\n"},
    "a failing last line": {"affine.py": f"# In[1]:\n{WORK}\n# In[2]:\nAffine(1)\n1 / 0\n"},
    "ipynb.json": {"affine.ipynb.json": notebook(WORK)},
    "ipynb.txt": {"affine.ipynb.txt": notebook(WORK)},
    "py.txt": {"affine.py.txt": WORK},
    "(2)": {"affine (2).py": WORK},
    "txt": {"affine.txt": WORK},
    "a cell that writes the file": {"affine.ipynb": notebook(f"%%writefile affine.py\n{WORK}")},
    "matplotlib": {"affine.py": f"import matplotlib.pyplot as plt\nplt.plot([1])\n{WORK}"},
    "torch and pandas": {"affine.py": f"import torch, pandas as pd\nfrom tqdm import *\n{WORK}"},
    "a stub beside it": {"03_affine/affine.py": AFFINE.stub.read_bytes(), "mine.py": WORK},
}


@pytest.mark.parametrize("files", RIGHT.values(), ids=RIGHT)
def test_right_work_has_full_marks_however_it_was_saved(graded, files):
    """Each had 0 points: what was handed in was not read, or an import that is not used failed.

    Seen in jupyter/nbgrader#92, jupyter/notebook#3406, ipython/ipython#10596,
    executablebooks/sphinx-book-theme#105 and ucbds-infra/otter-grader#906.
    """
    assert graded(files)[0] == 10


WRONG = {
    "Markdown": (
        {"affine.ipynb": notebook(("markdown", WORK))},
        "cell 1 is a Markdown cell but holds class Affine: make it a code cell",
        "单元格1是Markdown单元格，但里面有 class Affine：请改成代码单元格",
    ),
    "raw": (
        {"work.ipynb": notebook("import numpy as np", ("raw", CLASS))},
        "cell 2 is a raw cell but holds class Affine: make it a code cell",
        "单元格2是raw单元格，但里面有 class Affine：请改成代码单元格",
    ),
    "conflict": (
        {"affine.py": f"<<<<<<< HEAD\n{WORK}=======\n{WORK}>>>>>>> theirs\n"},
        "line 1 is a mark of a merge conflict (<<<<<<< HEAD)",
        "第1行是合并冲突的标记（<<<<<<< HEAD）",
    ),
    "conflict in a notebook": (
        {"affine.ipynb": notebook(WORK).replace('"cells"', '\n<<<<<<< HEAD\n"cells"')},
        "has marks of a merge conflict (line 2)",
        "中有合并冲突的标记（第2行）",
    ),
    "tabs": (
        {"affine.py": WORK.replace("        self.x = x", "\tself.x = x")},
        "line 9 is indented with a tab, and other lines with spaces",
        "第9行用制表符缩进，其他行用空格",
    ),
    "full-width": (
        {"affine.py": WORK.replace("np.dot(x, self.W)", "np.dot（x, self.W）")},
        "（ (U+FF08) is no sign of Python: type ( with an English keyboard",
        "请切换到英文输入法，输入 (",
    ),
    "Latin-1": (
        {"affine.py": f"# für die Übung\n{WORK}".encode("latin-1")},
        "It is most likely Latin-1 or Windows-1252",
        "Latin-1",
    ),
    "input": (
        {"affine.py": WORK.replace("self.x = x", "n = int(input('?')); self.x = x")},
        "nobody answers input() here",
        "这里没有人回答input()",
    ),
    "book": (
        {"affine.py": f"from common.layers import Relu\n{WORK.replace('= x', '= Relu()(x)')}"},
        "this course has no common.layers: write `from activations import Relu`",
        "本课程没有common.layers：请写`from activations import Relu`",
    ),
    "torch": (
        {"affine.py": f"import torch\n{WORK.replace('= x', '= torch.tensor(x)')}"},
        "torch is not there when your work is graded",
        "评分时没有torch",
    ),
    "two folders": (
        {"ch04/affine.py": WORK, "ch05/affine.py": WORK, "ch05/activations.py": "x = 1"},
        "affine.py may be any of ch04/affine.py, ch05/affine.py: hand in one of them",
        "affine.py可能是 ch04/affine.py, ch05/affine.py 中的任何一个：请只交一个",
    ),
}


@pytest.mark.parametrize(("files", "told", "chinese"), WRONG.values(), ids=WRONG)
def test_what_went_wrong_is_named_in_english_and_chinese(graded, files, told, chinese):
    """In a note, or in the reason that the promises are broken.

    The Markdown cell is jupyter/nbgrader#92, and input() macobo/python-grader#39.
    """
    points, notes, reason = graded(files)
    assert points == 0
    assert told in "\n".join(map(str, (*notes, reason)))
    with speaking("zh-CN"):
        assert chinese in "\n".join(map(tell, (*notes, reason)))
