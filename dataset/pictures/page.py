"""A page of what a learner has built: the network, its training, and digits that it read.

One HTML file that loads nothing from anywhere. All of it comes from the learner's own network: what
was not run is not on it.
"""

import base64
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from dataset.language import chosen_or_english, say
from dataset.pictures.saving import write
from dataset.pictures.training import labels_of, surest_mistakes, tell_curve, tell_mistakes

FIRST = 30
"""Number of test images that are shown with what the network read: the first ones."""

SUREST = 12
"""Maximum number of misread images that are shown: the most confident ones."""

STYLE = """
:root { color-scheme: light dark; --ink: #1a1c1f; --paper: #fff; --soft: #f3f4f6;
  --quiet: #555b63; --line: #b9bfc8; --one: #0b57d0; --other: #b3470b; --bad: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #15171a; --soft: #22262b;
  --quiet: #a8b0ba; --line: #4d5560; --one: #8ab4f8; --other: #f5a97f; --bad: #ff9b94; } }
body { margin: 0; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 1rem; }
h2 { margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); font-size: 1.25rem; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font-size: 14px; }
svg .quiet { fill: var(--quiet); }
.box { fill: var(--soft); stroke: var(--line); }
.edge, .grid { stroke: var(--line); fill: none; }
.train, .test { fill: none; stroke: var(--one); stroke-width: 2; }
.test { stroke: var(--other); stroke-dasharray: 6 4; }
.dot-train { fill: var(--one); }
.dot-test { fill: var(--other); }
.digits { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; padding: 0; }
figure { margin: 0; text-align: center; }
.digits img { display: block; width: 56px; height: 56px; border: 1px solid var(--line);
  image-rendering: pixelated; }
.wrong { color: var(--bad); font-weight: bold; }
"""


class Network(Protocol):
    """What the page reads of a network."""

    @property
    def params(self) -> Mapping[str, np.ndarray]:
        """All numbers that it has learned, by name."""

    @property
    def layers(self) -> Mapping[str, Any]:
        """Its layers in the order of the forward pass, by name."""


def show_network(
    name: str,
    network: Network,
    curve: Sequence[tuple[float, float]],
    images: np.ndarray,
    targets: np.ndarray,
    scores: np.ndarray,
) -> None:
    """Write a page about a trained network into the current folder, in the chosen language.

    Parameters
    ----------
    name : str
        Name of the page: ``mnist`` writes ``mnist.html``.
    network : Network
        The network, after its training.
    curve : sequence of (float, float)
        Accuracy on the training and on the test images, one pair for each epoch, starting with 0.
    images : ndarray, shape (N, ...)
        The test images, of 28 x 28 pixels from 0 to 1.
    targets : ndarray, shape (N, 10) or (N,)
        Their digits, one-hot or as label indices.
    scores : ndarray, shape (N, 10)
        The scores of the trained network: the highest one is the digit that it reads.
    """
    page = page_of(network, curve, images, labels_of(targets), scores)
    told = say("what you built, as a page to open in a browser")
    write(lambda path: path.write_text(page, "utf-8"), Path(f"{name}.html"), told)


def page_of(
    network: Network,
    curve: Sequence[tuple[float, float]],
    images: np.ndarray,
    labels: np.ndarray,
    scores: np.ndarray,
) -> str:
    """Return the page as HTML; the arguments are those of `show_network`, labels as indices."""
    guesses = np.argmax(scores, axis=1)
    right = int(np.sum(guesses == labels))
    title = say("What you built")
    count = sum(param.size for param in network.params.values())
    summary = say(
        "A network of {count:,} numbers, which your own code has trained. "
        "Of {all:,} digits that it had never seen, it reads {right:,} correctly: {share:.1%}.",
        count=count,
        all=len(labels),
        right=right,
        share=right / len(labels),
    )
    first = say(
        "The first {number} test images, in order. Where it is wrong: digit → what it reads.",
        number=len(labels[:FIRST]),
    )
    parts = [
        f"<h1>{escape(title)}</h1>\n<p>{escape(summary)}</p>",
        _section(say("The network"), draw_network(network)),
        _section(say("Its training"), draw_curve(curve)),
        _section(
            say("What it reads"),
            _paragraph(first),
            draw_digits(images[:FIRST], labels[:FIRST], guesses[:FIRST]),
        ),
    ]
    wrong = surest_mistakes(labels, scores)[:SUREST]
    if wrong.size:
        told = say("The {number} mistakes of which it is surest.", number=wrong.size)
        parts.append(
            _section(
                say("What it misreads"),
                _paragraph(tell_mistakes(labels, guesses)),
                _paragraph(told),
                draw_digits(images[wrong], labels[wrong], guesses[wrong]),
            )
        )
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{chosen_or_english()}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
            *parts,
            "</main>\n</body>\n</html>\n",
        ]
    )


def _section(title: str, *content: str) -> str:
    return "\n".join([f"<section>\n<h2>{escape(title)}</h2>", *content, "</section>"])


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


# The network

STEP, BOX, WIDTH = 62, 40, 640


def draw_network(network: Network) -> str:
    """Draw the layers of a network from the image to the digit, each with what it has learned."""
    boxes = [(say("image"), say("28 × 28 pixels")), *map(_describe, _layers(network))]
    boxes.append((say("digit"), say("the class with the highest score")))
    parts = []
    for number, (name, told) in enumerate(boxes):
        y = number * STEP + 1
        if number:
            parts.append(
                f'<path class="edge" d="M101 {y - STEP + BOX}v{STEP - BOX - 2}m-5 -6l5 6l5 -6"/>'
            )
        parts.append(
            f'<rect class="box" x="1" y="{y}" width="200" height="{BOX}" rx="6"/>'
            f'<text x="101" y="{y + 25}" text-anchor="middle">{escape(name)}</text>'
            f'<text class="quiet" x="220" y="{y + 25}">{escape(told)}</text>'
        )
    label = " → ".join(name for name, _ in boxes)
    return _svg((len(boxes) - 1) * STEP + BOX + 2, label, parts)


def _layers(network: Network) -> Iterator[Any]:
    yield from network.layers.values()
    last = getattr(network, "last_layer", None)
    if last is not None:
        yield last


def _describe(layer: object) -> tuple[str, str]:
    """Return the name of a layer, and the shapes of its weights and biases."""
    shapes = [
        " × ".join(map(str, array.shape))
        for array in (getattr(layer, name, None) for name in ("W", "b", "gamma", "beta"))
        if isinstance(array, np.ndarray)
    ]
    told = say("learned: {shapes}", shapes=" + ".join(shapes)) if shapes else ""
    return type(layer).__name__, told


# Its training

TOP, BOTTOM, LEFT, RIGHT = 10, 250, 50, 620


def draw_curve(curve: Sequence[tuple[float, float]]) -> str:
    """Draw the accuracy over the epochs; a value that is no finite number is left out."""
    last = max(len(curve) - 1, 1)
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _height(share)
        parts.append(f'<path class="grid" d="M{LEFT} {y}H{RIGHT}"/>')
        parts.append(
            f'<text class="quiet" x="{LEFT - 8}" y="{y + 5}" text-anchor="end">{share:.0%}</text>'
        )
    for epoch in range(0, len(curve), -(-len(curve) // 10)):
        x = _across(epoch, last)
        parts.append(f'<text class="quiet" x="{x}" y="272" text-anchor="middle">{epoch}</text>')
    parts.append(
        f'<text class="quiet" x="{RIGHT}" y="292" text-anchor="end">{say("epochs")}</text>'
    )
    names = (("train", say("training images")), ("test", say("test images")))
    for column, (name, told) in enumerate(names):
        points = [
            (_across(epoch, last), _height(pair[column]))
            for epoch, pair in enumerate(curve)
            if np.isfinite(pair[column])
        ]
        line = " ".join(f"{x},{y}" for x, y in points)
        parts.append(f'<polyline class="{name}" points="{line}"/>')
        parts += [f'<circle class="dot-{name}" cx="{x}" cy="{y}" r="3"/>' for x, y in points]
        x, y = LEFT + 20 + 200 * column, 292
        parts.append(f'<path class="{name}" d="M{x} {y - 5}h30"/>')
        parts.append(f'<text x="{x + 38}" y="{y}">{escape(told)}</text>')
    label = tell_curve(curve)
    return _svg(300, label, parts) + f"\n{_paragraph(label)}"


def _across(epoch: int, last: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * epoch / last, 1)


def _height(share: float) -> float:
    return round(float(BOTTOM - (BOTTOM - TOP) * share), 1)


def _svg(height: int, label: str, parts: Sequence[str]) -> str:
    head = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
    return "\n".join([head, *parts, "</svg>"])


# Its digits


def draw_digits(images: np.ndarray, labels: np.ndarray, guesses: np.ndarray) -> str:
    """Show digits with what the network read; where that is wrong, with the right digit."""
    figures = []
    for image, label, guess in zip(images, labels.tolist(), guesses.tolist(), strict=True):
        caption = f'<span class="wrong">{label} → {guess}</span>' if label != guess else f"{guess}"
        told = say("a {label}, read as {guess}", label=label, guess=guess)
        source = base64.b64encode(png(image.reshape(28, 28))).decode()
        figures.append(
            f'<figure><img alt="{escape(told)}" src="data:image/png;base64,{source}">'
            f"<figcaption>{caption}</figcaption></figure>"
        )
    return "\n".join(['<div class="digits">', *figures, "</div>"])


def png(image: np.ndarray) -> bytes:
    """Return an image as PNG, dark on white.

    Parameters
    ----------
    image : ndarray, shape (H, W)
        Grey values from 0, the background, to 1, the ink.
    """
    height, width = image.shape
    grey = (255 - 255 * np.clip(image, 0, 1)).astype(np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in grey)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
