"""The page of what a learner has built, as text and in a browser."""

import os
import re
import struct
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dataset.language import CATALOGUE
from dataset.pictures import page, show_network
from dataset.pictures.page import draw_curve, draw_network, page_of, png

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests" / "grader"))

from headless_browser import needs_browser, open_browser  # noqa: E402

CURVE = [(0.1, 0.125), (0.9, 0.875)]


class Affine:
    def __init__(self, *shape):
        self.W, self.b = np.ones(shape), np.ones(shape[-1])


class Relu:
    pass


class Loss:
    pass


@pytest.fixture
def network():
    """784 numbers to 3 to 10, as the book builds it."""
    first, second = Affine(784, 3), Affine(3, 10)
    layers = {"Affine1": first, "Relu1": Relu(), "Affine2": second}
    params = {"W1": first.W, "b1": first.b, "W2": second.W, "b2": second.b}
    return SimpleNamespace(params=params, layers=layers, last_layer=Loss())


@pytest.fixture
def read():
    """Forty images, their digits, and the scores of a network that reads each 7 as 1."""
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 10
    scores = np.eye(10)[np.where(labels == 7, 1, labels)]
    return rng.random((40, 784)), labels, scores


def test_the_page_is_of_the_network_that_was_trained(network, read, tmp_path, monkeypatch, capsys):
    """Its layers and shapes, how many digits it reads, and which ones it confuses."""
    monkeypatch.chdir(tmp_path)
    images, labels, scores = read
    show_network("mnist", network, CURVE, images, np.eye(10)[labels], scores)
    assert capsys.readouterr().out == "mnist.html: what you built, as a page to open in a browser\n"
    text = (tmp_path / "mnist.html").read_text("utf-8")
    assert "A network of 2,395 numbers" in text
    assert "Of 40 digits that it had never seen, it reads 36 correctly: 90.0%." in text
    assert "learned: 784 × 3 + 3" in text
    assert "image → Affine → Relu → Affine → Loss → digit" in text
    assert "4 of 40 images are misread" in text
    assert text.count("<img ") == 30 + 4
    assert text.count("7 → 1") == 3 + 4
    assert 'alt="a 7, read as 1"' in text


def test_a_perfect_network_misreads_nothing_and_labels_do_as_well(network, read, tmp_path):
    """No digit is shown as misread."""
    images, labels, _ = read
    text = page_of(network, CURVE, images, labels, np.eye(10)[labels])
    assert "What it misreads" not in text
    assert '<span class="wrong">' not in text


def test_a_convolutional_network_is_drawn_too(read):
    """Layers of any kind, images of any shape, and no last layer."""
    layers = {"Convolution1": Affine(30, 1, 5, 5), "Relu1": Relu()}
    network = SimpleNamespace(params={"W1": layers["Convolution1"].W}, layers=layers)
    assert "learned: 30 × 1 × 5 × 5 + 5" in draw_network(network)
    images, labels, scores = read
    assert "<img " in page_of(network, CURVE, images.reshape(-1, 1, 28, 28), labels, scores)


@pytest.mark.parametrize(
    "curve", [CURVE, CURVE[:1], [(float("nan"), 0.1), (0.5, float("inf"))], CURVE * 40]
)
def test_any_curve_is_drawn_with_numbers_only(curve):
    """One epoch, many, and a training that went wrong."""
    svg, _, _ = draw_curve(curve).rpartition("\n<p>")
    drawn = ElementTree.fromstring(svg)
    numbers = [one.get(key) for one in drawn.iter() for key in ("points", "cx", "cy")]
    assert not re.search("nan|inf", " ".join(filter(None, numbers)))
    finite = sum(bool(np.isfinite(value)) for pair in curve for value in pair)
    assert len(drawn.findall("circle")) == finite


def test_names_of_a_learner_are_text(read):
    """A class of any name is no markup."""
    strange = type("<script>alert(1)</script>", (), {})
    network = SimpleNamespace(params={"W": np.ones(3)}, layers={"x": strange()})
    assert "<script" not in page_of(network, CURVE, *read)


def test_a_digit_is_a_png_of_its_pixels():
    """Ink is dark, and what is beyond 0 to 1 is cut off."""
    content = png(np.array([[0, 0.5, 1], [-1, 2, 0]]))
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", content[16:24]) == (3, 2)
    (length,) = struct.unpack(">I", content[33:37])
    rows = zlib.decompress(content[41 : 41 + length])
    assert list(rows) == [0, 255, 127, 0, 0, 255, 0, 255]


def test_a_folder_that_cannot_be_written_is_told(network, read, tmp_path, monkeypatch, capsys):
    """The training has not been in vain: its numbers have been printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mnist.html").mkdir()
    show_network("mnist", network, CURVE, *read)
    assert capsys.readouterr().out.startswith("mnist.html cannot be written: ")


def test_what_the_page_says_is_translated(network, read, monkeypatch):
    """Each text of the module is in the catalogue, and the page names its language."""
    source = Path(page.__file__).read_text("utf-8")
    joined = re.sub(r'"\s*\n\s*"', "", source)
    texts = re.findall(r'say\(\s*"([^"]*)"', joined)
    assert len(texts) > 15
    assert set(texts) <= tomllib.loads(CATALOGUE.read_text("utf-8")).keys()
    monkeypatch.setenv("KATA_LANG", "zh-CN")
    text = page_of(network, CURVE, *read)
    assert '<html lang="zh-CN">' in text
    assert "你做出来的东西" in text
    assert "What you built" not in text


@pytest.mark.thorough
@needs_browser
def test_the_page_looks_right_in_a_browser(network, read, tmp_path):
    """Every picture is loaded, nothing sticks out, in light and dark, wide and narrow."""
    file = tmp_path / "mnist.html"
    file.write_text(page_of(network, CURVE, *read), "utf-8")
    browser = open_browser(tmp_path / "profile")
    try:
        papers = set()
        for mode in ("light", "dark"):
            feature = {"name": "prefers-color-scheme", "value": mode}
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
            for width in (1000, 500):
                browser.set_window_size(width, 900)
                browser.get(file.as_uri())
                run = browser.execute_script
                assert run("return [...document.images].every(one => one.naturalWidth == 28)")
                assert run("return document.images.length") == 34
                assert run("return document.body.scrollWidth <= innerWidth")
                papers.add(run("return getComputedStyle(document.body).backgroundColor"))
        assert len(papers) == 2
        assert browser.get_log("browser") == []
    finally:
        browser.quit()


@pytest.mark.thorough
def test_the_script_of_07_ends_with_the_page(tmp_path, mnist):
    """Of its own network: the share of digits on it is that of the last line of the training."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import mnist; mnist.main(iterations=50)"
    folder = ROOT / "solutions" / "07_mnist"
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=tmp_path,
        env={**os.environ, "KATA_LANG": "en", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    (accuracy,) = re.findall(r"the test accuracy is (0\.\d+)", done.stdout)
    (share,) = re.findall(r"correctly: ([\d.]+)%", (tmp_path / "mnist.html").read_text("utf-8"))
    assert abs(float(share) / 100 - float(accuracy)) < 0.0011
