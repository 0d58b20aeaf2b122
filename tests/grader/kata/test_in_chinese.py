"""The course in Chinese: no output for a learner is an English sentence."""

import re

import pytest

from grader.course.settings import find_course
from grader.messages.language import CHINESE
from grader.messages.wrapping import columns
from grader.release.new_course import start

SWAPPED = ("dx = dout * self.y", "dx = dout * self.x")
CODE = re.compile(
    r"`[^`]*`|\S*[/_.(=<>\[]\S*"  # in quotes of code, paths and names
    r"|(kata|pytest|python|cd) .*"  # commands
)
ENGLISH_WORDS = re.compile(r"[A-Za-z']{2,}( [A-Za-z']{2,}){2,}")
OWN = re.compile(r"^[=_]+ |^$")
"""What pytest says, which nobody has translated."""


def english(text):
    """Return the lines that contain three English words in a row."""
    lines = [line for line in text.splitlines() if not OWN.match(line)]
    return [line for line in lines if ENGLISH_WORDS.search(CODE.sub("…", line))]


@pytest.fixture
def shown(learner, process):
    """Returns a function that runs a command in a short Chinese course and returns its output."""
    learner.root = learner.root.with_name("中文")
    start(learner.course, learner.root, CHINESE)
    learner.course = find_course(learner.root)
    learner.has_only(2)

    def run(*arguments, code=0):
        done = process("-m", *arguments, cwd=learner.root, KATA_LANG=CHINESE)
        assert done.returncode == code, done.out + done.err
        told = done.out + done.err
        assert english(told) == []
        assert re.search("[\u4e00-\u9fff]", told)
        return told

    return run


def test_what_is_taken_for_an_english_sentence():
    """Names, code and paths are not; otherwise these tests would prove nothing."""
    assert english("not started yet\n01: 3 promises were kept\n中文 one more promise") != []
    assert len(english("a\nOne more promise is broken.\n中文")) == 1
    assert english("`one two three` 用kata run 01\nexercises/a/b.py\nMulLayer.backward") == []


@pytest.mark.thorough
def test_the_first_exercise_is_done_in_chinese(learner, shown):
    """From the stub, through a mistake and its hints, to the next exercise."""
    stub = learner.exercise("01").stub
    assert "乘法节点" in stub.read_text("utf-8")
    told = shown("grader.kata", "run", "01", code=1)
    assert "01_simple_layers：9项要求中已满足0项" in told
    assert "尚未编写  MulLayer.backward：填好两个空" in told
    assert "README.zh-CN.md" in told
    assert "simple_layers.py中尚未编写的部分" in shown(
        "pytest", "-q", "exercises/01_simple_layers", code=1
    )
    learner.solves("01", SWAPPED)
    told = shown("grader.kata", "run", "01", code=1)
    assert "未满足    MulLayer.backward把dout乘以另一个输入：dx = dout * y。" in told
    assert "提示      " in shown("grader.kata", "hint")
    assert "典型错误  MulLayer的两个梯度都用了x" in shown("grader.kata", "hint")
    assert "提示到此为止" in shown("grader.kata", "hint")
    told = shown("pytest", "-q", "--hint", "--hint", "exercises/01_simple_layers", code=1)
    assert "典型错误  " in told
    assert "另有3项要求因同一原因未满足：" in told
    learner.solves("01")
    assert "01_simple_layers已完成：得分12/12，星1/1。" in shown("grader.kata", "run", "01")
    assert "下一步：pytest" in shown("pytest", "-q", "exercises/01_simple_layers")
    told = shown("grader.kata", "list")
    assert "02_activations：10项要求中已满足0项" in told
    assert "得分12/22，已完成2个练习中的1个。" in told


@pytest.mark.thorough
def test_known_verdicts_are_shown_in_the_current_language(learner, shown, process):
    """Stored verdicts may have been written in another language."""
    shown("grader.kata", "run", "01", code=1)
    english = process("-m", "grader.kata", "hint", "01", cwd=learner.root, KATA_LANG="en")
    assert "promise   MulLayer.backward multiplies dout by the other input" in english.out


@pytest.mark.thorough
def test_commands_and_helps_are_in_chinese(shown, learner):
    """Including commands that create something."""
    told = shown("grader.kata", "--help")
    assert told.startswith("用法：kata [选项] 命令 [参数]……")
    assert "显示每个练习的进度。" in told
    assert "[默认：" in shown("grader.kata", "graph", "--help")
    learner.solves("01")
    told = shown("grader.kata", "graph", "purchase")
    assert "苹果单价：值100，梯度2.2" in told
    assert "已写好" in shown("grader.kata", "notebook", "01_simple_layers")
    assert "不计分" in shown("grader.kata", "borrow", "02", "--yes")
    assert "借用了参考答案" in shown("grader.kata", "list")
    assert "没有" in shown("grader.kata", "run", "7", code=2)
    assert "已恢复到最初的样子" in shown("grader.kata", "reset", "1", "--yes")
    assert "计算乘积" in learner.exercise("01").stub.read_text("utf-8")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rnu"], "没有命令'rnu'。你是不是想用'run'？"),
        (["--plian"], "没有选项--plian（相近的选项：--plain）"),
        (["start"], "缺少参数'DIR'。"),
        (["run", "1", "2"], "多了参数：2"),
    ],
)
def test_who_calls_a_command_wrongly_is_told_in_chinese(shown, arguments, told):
    """Usage, the help option, and the error."""
    lines = shown("grader.kata", *arguments, code=2).splitlines()
    assert lines[0].startswith("用法：kata ")
    assert lines[1].endswith("--help' 查看说明。")
    assert lines[3] == f"出错了：{told}"


def test_what_a_learner_wrote_is_told_as_it_is(shown, learner, process):
    """Even if it equals a message of the grader; the text around it is translated."""
    own = "nothing was handed in"
    learner.solves("01", ("self.x = x", f"raise ValueError({own!r})"))
    done = process("-m", "grader.kata", "run", "01", cwd=learner.root, KATA_LANG=CHINESE)
    assert f"发生异常  ValueError: {own}" in done.out
    assert "没有交任何东西" not in done.out


def test_a_language_that_there_is_not_is_an_error_with_a_code(process, tmp_path):
    """Exit code 2, before any other work."""
    done = process("-m", "grader.kata", "list", cwd=tmp_path, KATA_LANG="tlh")
    assert (done.returncode, done.out) == (2, "")
    assert "KATA_LANG is 'tlh'; the languages are en, zh-CN" in done.err
    done = process("-m", "grader.kata", "start", "new", "--language", "tlh", cwd=tmp_path)
    assert done.returncode == 2
    assert "--language is 'tlh'" in done.err
    assert not (tmp_path / "new").exists()


def test_watching_in_chinese_fits_the_terminal(shown, learner, terminal):
    """A Chinese character takes two columns; no line is longer than 80, and labels line up."""
    learner.solves("01", SWAPPED)
    screen = terminal(KATA_LANG=CHINESE)
    screen.sees("未满足")
    screen.press("h")
    screen.sees("提示      ")
    lines = screen.text.splitlines()
    assert max(map(columns, lines)) <= 80
    assert english(screen.text) == []
    screen.press("l")
    screen.sees("02_activations")
    screen.press("q")
