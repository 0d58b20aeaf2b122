"""What the objects of a spec have in common with a failure that the values do not show."""

import numpy as np
import pytest

from grader.worker.hints.suspects import inherited_instead, set_elsewhere, shared_state


class Base:
    def forward(self, x): ...

    def backward(self, dout): ...


class Misspelt(Base):
    def foward(self, x): ...

    def backward(self, dout): ...


class Complete(Base):
    def forward(self, x): ...

    def backward(self, dout): ...

    def forwards(self, x): ...


class Unfinished(Base):
    def update(self): ...


def test_a_method_that_replaces_none_is_found():
    """The one of the base class is called instead."""
    told = "Misspelt has no forward; it has foward: is that the one?"
    assert str(inherited_instead([Complete(), Misspelt()])) == told


@pytest.mark.parametrize(
    "thing", [Base(), Complete(), Unfinished(), {}, 1], ids=["base", "all", "some", "dict", "int"]
)
def test_a_class_with_the_methods_of_its_base_is_not_suspected(thing):
    """Nor one that inherits them on purpose."""
    assert inherited_instead([thing]) == ""


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        (
            {"mask": None, "Mask": 1},
            "mask of Unfinished is None; Mask was set: is that the one?",
        ),
        ({"mask": None, "x": 1}, ""),
        ({"mask": 1, "Mask": None}, "Mask of Unfinished is None; mask was set: is that the one?"),
        ({"mask": None, "Mask": None}, ""),
    ],
)
def test_an_attribute_that_was_set_under_another_name_is_found(attributes, told):
    """Only if one of the two is None."""
    thing = Unfinished()
    thing.__dict__.update(attributes)
    assert str(set_elsewhere([1, thing])) == told


def test_an_array_of_a_class_is_shared():
    """Its objects change it for each other."""
    kind = type("Layer", (), {"kept": np.zeros(2)})
    told = "kept lies in the class Layer: all its objects share it"
    assert str(shared_state([kind(), kind()], {})) == told
    assert shared_state([Base(), Base()], {}) == ""
