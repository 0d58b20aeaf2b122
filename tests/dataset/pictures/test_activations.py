"""The histograms of what layers put out."""

import numpy as np
import pytest

from dataset.pictures import show_activations
from dataset.pictures.activations import draw_histograms, in_characters, shares

HALF = np.array([0.0] * 50 + [1.0] * 50)
PLAIN = {1.0: [HALF, np.full(4, 0.5)], 0.01: [np.full(4, 0.5)] * 2}
NORMALISED = {1.0: [np.linspace(0, 1, 801)] * 2}


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_shares_add_up_to_one_whatever_the_range_of_the_numbers():
    """What is above the top counts in the last bin, what is below 0 in the first."""
    output = np.array([[-5.0, 0.0, 0.3], [2.9, 3.0, 1e9]])
    assert shares(output, 3.0).tolist() == pytest.approx([3 / 6, 0, 0, 0, 0, 0, 0, 3 / 6])


def test_a_bin_is_the_darker_the_more_numbers_it_has():
    """From a blank below half a percent to @ from 40 percent on."""
    assert in_characters(HALF, 1.0) == "|@      @|"
    counts = [500, 300, 150, 46, 4]
    middles = np.repeat((np.arange(5) + 0.5) / 8, counts)
    assert in_characters(middles, 1.0) == "|@OO.    |"


def test_each_layer_and_each_scale_is_printed_and_drawn(empty_folder, capsys):
    """A line for each scale, with the spread of the last layer; then the file."""
    show_activations("sigmoid", PLAIN, NORMALISED)
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == ["sigmoid,", "scale", "layer", "1", "layer", "2", "spread"]
    assert lines[:3] == [
        "1              |@      @| |    @   |      0",
        "0.01           |    @   | |    @   |      0",
        "1, normalised  |oooooooo| |oooooooo|   0.29",
    ]
    assert lines[3].startswith("activations_sigmoid.png: what each layer puts out")
    assert (empty_folder / "activations_sigmoid.png").read_bytes().startswith(b"\x89PNG")


def test_the_picture_has_a_row_for_each_scale_and_a_column_for_each_layer():
    """Each bar is as high as the share of its bin."""
    figure = draw_histograms({"1": PLAIN[1.0], "0.01": PLAIN[0.01]}, 1.0)
    assert [axes.get_title() for axes in figure.axes] == [
        "1: layer 1",
        "layer 2",
        "0.01: layer 1",
        "layer 2",
    ]
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == pytest.approx([0.5, 0, 0, 0, 0, 0, 0, 0.5])


@pytest.mark.filterwarnings("error")
def test_in_chinese_the_table_is_translated_and_the_picture_is_not(
    empty_folder, capsys, monkeypatch
):
    """The font of matplotlib has no Chinese characters, and warns of each one."""
    monkeypatch.setenv("KATA_LANG", "zh-CN")
    show_activations("relu", {}, {1.0: [HALF]})
    assert "1, 正规化" in capsys.readouterr().out
    assert (empty_folder / "activations_relu.png").is_file()


def test_without_matplotlib_the_table_is_printed_anyway(empty_folder, capsys, monkeypatch):
    """Only the picture is missing."""
    monkeypatch.setattr("dataset.pictures.activations.can_draw", lambda: False)
    show_activations("sigmoid", PLAIN, NORMALISED)
    assert "1, normalised" in capsys.readouterr().out
    assert not list(empty_folder.iterdir())
