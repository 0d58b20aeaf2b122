"""Stand-ins for modules that cannot be imported."""

import numpy as np
import pytest

from grader.worker.loading.stand_ins import Absent, Silent


class Used(Exception):
    pass


def refuse(names):
    raise Used(names)


ABSENT = Absent(refuse)

USES = {
    "call": lambda thing: thing(1, a=2),
    "item": lambda thing: thing[0],
    "loop": lambda thing: [*thing],
    "length": len,
    "with": lambda thing: exec("with thing: pass", {"thing": thing}),
    "base class": lambda thing: exec("class Net(thing): pass", {"thing": thing}),
    "isinstance": lambda thing: isinstance(1, thing),
    "sum": lambda thing: thing + 1,
    "product": lambda thing: 2 * thing,
    "negative": lambda thing: -thing,
    "array": np.asarray,
    "truth": bool,
    "order": lambda thing: thing < 1,
    "number": float,
    "index": lambda thing: [1, 2][thing],
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_whatever_is_done_with_what_is_absent_is_refused(use):
    """With the names that lead to it."""
    with pytest.raises(Used) as caught:
        use(ABSENT.nn.Linear)
    assert caught.value.args == (("nn", "Linear"),)


def test_a_name_may_be_looked_up_and_kept():
    """As in an import, an annotation and a default."""
    scope = {"torch": ABSENT}
    exec("def f(x: torch.Tensor, kind=torch.float32): return 1\nTensor = torch.Tensor", scope)
    assert scope["f"](1) == 1
    assert "not there" in repr(scope["Tensor"])


def test_what_python_looks_for_in_any_object_is_not_there():
    """Copying, printing and comparing do not meet a refusal."""
    assert not hasattr(ABSENT, "__array_interface__")
    assert ABSENT == ABSENT
    assert Absent(refuse) != ABSENT


PLOTS = """
import math
fig = plt.figure(figsize=(3, 4))
fig, ax = plt.subplots()
ax.plot([1], [2], label="a").extend([])
fig, (left, right) = plt.subplots(1, 2)
fig, axes = plt.subplots(2, 2, squeeze=False)
for one in axes.flat: one.imshow(np.zeros((2, 2)), cmap=plt.cm.gray)
for row in axes:
    for one in row: one.axis("off")
axes[0, 1].set_title("x")
line, = plt.plot(np.arange(3))
counts, edges, bars = plt.hist(np.arange(3))
plt.rcParams["font.size"] = 3
with plt.style.context("dark"): plt.show()
plt.gca().lines[-1].set_color("red")
width = plt.gcf().get_figwidth() * 2 + 1
for one in plt.gca().spines: raise ValueError
plt.title(f"{plt.x}"); plt.axis([0, 1, 0, 1]); plt.savefig("a.png"); plt.close()
class Figure(plt.Figure): pass
@plt.style
def f(): pass
assert plt
"""


def test_plotting_does_nothing_and_says_nothing(capsys, tmp_path, monkeypatch):
    """What the book and its readers draw; no file is written."""
    monkeypatch.chdir(tmp_path)
    exec(PLOTS, {"plt": Silent(), "np": np})
    assert capsys.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_odd_numbers_of_axes_take_no_memory():
    """A hundred of each at most."""
    _, axes = Silent().subplots(10**9, 10**9)
    assert axes.shape == (100, 100)
    assert isinstance(Silent().subplots("x")[1], Silent)
    assert Silent().subplots(-1, 3)[1].size == 0
