"""Pictures as files."""

import builtins
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from dataset.pictures.saving import can_draw, save


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_matplotlib_it_says_how_to_get_it(capsys, monkeypatch):
    """Nothing is drawn, and nothing fails."""
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    assert not can_draw()
    assert 'python -m pip install -e ".[plots]"' in capsys.readouterr().out


def test_a_picture_is_written_and_told(folder, capsys):
    """Its file, and what it shows in words."""
    assert can_draw()
    save(Figure(), Path("empty.png"), "nothing at all")
    assert capsys.readouterr().out == "empty.png: nothing at all\n"
    assert (folder / "empty.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_that_cannot_be_written_to_ends_nothing(folder, capsys):
    """What was trained is not lost, only its picture."""
    (folder / "accuracy.png").mkdir()
    save(Figure(), Path("accuracy.png"), "a curve")
    assert "accuracy.png cannot be written: " in capsys.readouterr().out
