"""What a submission's code has, and which of its functions and classes use each other."""

import pytest

from grader.mistakes.own_code import OwnCode

CODE = OwnCode(
    '''
def im2col(x):
    """Used by Convolution, and not by col2im."""


def windows(x):
    return im2col(x)


class Base:
    def size(self):
        return col2im


class Convolution(Base):
    def forward(self, x):
        return windows(x)


def col2im(col):
    return col2im(col)
'''
)


@pytest.mark.parametrize(
    ("name", "function", "used"),
    [
        ("Convolution", "im2col", True),
        ("windows", "im2col", True),
        ("col2im", "im2col", False),
        ("im2col", "Convolution", False),
        ("Convolution", "col2im", False),
        ("col2im", "col2im", False),
        ("Pooling", "im2col", False),
    ],
)
def test_uses_follows_names_through_other_functions(name, function, used):
    """But neither into a base class, nor a docstring, nor itself."""
    assert CODE.uses(name, function) is used


@pytest.mark.parametrize(
    ("spec", "follows"),
    [("test_Convolution_forward", True), ("test_col2im_adds", False), ("test_im2col_rows", False)],
)
def test_a_spec_follows_from_a_function_that_its_subject_uses(spec, follows):
    """The subject is the name that the spec begins with."""
    assert CODE.follows("im2col", spec) is follows


@pytest.mark.parametrize(("name", "used"), [("im2col", True), ("windows", True), ("Base", True)])
def test_a_name_may_be_used_if_it_occurs_besides_its_definition(name, used):
    """Here all of them do."""
    assert CODE.may_use(name) is used


@pytest.mark.parametrize("code", ["", "def f(", "x = 1\n"])
def test_code_without_functions_uses_nothing(code):
    """Nor does code that cannot be read, of which anything may be true."""
    own = OwnCode(code)
    assert not own.uses("f", "g")
    assert not own.follows("g", "test_f_works")
    assert own.may_use("g")
    assert not OwnCode("def g():\n    pass\n").may_use("g")
