"""What several networks have learned by heart, as text and as a picture."""

import numpy as np
import pytest

from dataset.pictures import show_overfitting
from dataset.pictures.overfitting import draw_curves, tell_network

NEITHER = [(0, 0.1, 2.3), (10, 1.0, 0.004)], [(0, 0.125, 2.4), (10, 0.75, 1.0)]
DROPOUT = [(0, 0.1, 2.3), (10, 0.9, 0.5)], [(0, 0.125, 2.4), (10, 0.8, 0.75)]
CURVES = {"neither": NEITHER, "dropout": DROPOUT}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_network_is_told_by_the_end_of_its_curves():
    """A bar is as long as an accuracy is high."""
    assert tell_network("neither", *NEITHER).splitlines() == [
        "neither, after 10 epochs",
        f"  train acc: 1.000 {'#' * 40} loss: 0.00",
        f"  test  acc: 0.750 {'#' * 30}{' ' * 10} loss: 1.00",
    ]


def test_the_picture_is_saved_and_told(folder, capsys):
    """The gaps between training and test, network by network."""
    show_overfitting(CURVES)
    *_, last = capsys.readouterr().out.splitlines()
    told = "train acc minus test acc at the end: neither 0.250, dropout 0.100"
    assert last == f"overfitting.png: {told}"
    assert (folder / "overfitting.png").read_bytes().startswith(b"\x89PNG")


def test_a_column_shows_accuracy_above_loss():
    """Each panel has the curve of the training images and that of the test images."""
    panels = np.reshape(draw_curves(CURVES).axes, (2, 2))
    drawn = [[line.get_ydata().tolist() for line in axes.lines] for axes in panels[:, 1]]
    assert drawn == [[[0.1, 0.9], [0.125, 0.8]], [[2.3, 0.5], [2.4, 0.75]]]
    assert [axes.get_title() for axes in panels[0]] == ["neither", "dropout"]


def test_it_speaks_chinese(folder, capsys, monkeypatch):
    """The names of the networks, too."""
    monkeypatch.setenv("KATA_LANG", "zh-CN")
    show_overfitting(CURVES)
    out = capsys.readouterr().out
    assert "都不用，10个epoch之后" in out
    assert "train acc与test acc之差：都不用 0.250、Dropout 0.100" in out


def test_without_matplotlib_the_text_is_printed_anyway(folder, capsys, monkeypatch):
    """Only the picture is missing."""
    monkeypatch.setattr("dataset.pictures.overfitting.can_draw", lambda: False)
    show_overfitting(CURVES)
    assert len(capsys.readouterr().out.splitlines()) == 6
    assert not list(folder.iterdir())
