"""Two mistakes that fail specs with certain numbers."""

from grader.mistakes.known_failures import KnownMistake

SPECS = ["test_a", "test_b", "test_c"]


def answer(number):
    """The fingerprint of a wrong number."""
    return ["returned", "dx", ["numbers", [], "f", float(number)]]


def known(name, **failures):
    """A mistake in a function of its own that fails specs with these numbers."""
    made = {f"test_{spec}": answer(number) for spec, number in failures.items()}
    return KnownMistake(name, f"the title of {name}", f"A hint at {name}.", f"Mul.{name}", made.get)


HALVED, SWAPPED = known("halved", a=1, b=2), known("swapped", a=1, c=3)
