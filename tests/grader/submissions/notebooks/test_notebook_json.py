"""The JSON of notebooks, without outputs."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebooks import notebook

from grader.course.limits import Limits
from grader.submissions.budget import MAX_TOKENS, Budget
from grader.submissions.file_tree import Unreadable
from grader.submissions.notebooks.notebook_json import MAX_REST, Cell, cells_of, without_outputs


def cut(content):
    """Return a notebook without outputs."""
    return without_outputs(content, Budget(Limits()))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.sampled_from('ab"\\[]{}:,é'), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["outputs", "widgets", "a", '"outputs":[']), inner)
    ),
    max_leaves=12,
)


def emptied(value):
    """Return a JSON value without what is cut out."""
    if isinstance(value, list):
        return [emptied(one) for one in value]
    if isinstance(value, dict):
        kept = {key: emptied(one) for key, one in value.items()}
        for key in {"outputs", "widgets"} & kept.keys():
            if isinstance(kept[key], list | dict):
                kept[key] = type(kept[key])()
        return kept
    return value


@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_outputs_are_emptied_and_nothing_else(value, indent, is_ascii):
    """A text that looks like outputs stays."""
    content = json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode()
    assert json.loads(cut(content)) == emptied(value)


@given(st.binary(max_size=50) | st.text('"outputs:[]{}\\ a', max_size=50).map(str.encode))
def test_what_is_no_json_is_cut_too(content):
    """Nothing is added; an output that does not end is cut off."""
    assert len(cut(content)) <= len(content)


def test_brackets_in_outputs_are_charged():
    """So many outputs are not read."""
    content = b'{"outputs":[' + b"[]," * (MAX_TOKENS // 2 + 1) + b"[]]}"
    with pytest.raises(Unreadable, match="is too large: clear its outputs"):
        cut(content)


@pytest.mark.thorough
@pytest.mark.parametrize("unit", ["[],", '"ab",', "1.5,", '{"a":1},', '"\N{SNAKE}",'])
@pytest.mark.parametrize("key", ["outputs", "other"])
def test_a_notebook_takes_bounded_memory(unit, key):
    """Whatever fills it: values in memory take many times their characters."""
    text = f'{{"nbformat": 4, "cells": [], "{key}": [{unit * (4 << 20)}'
    content = text[: 15 << 20].encode()
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            cells_of(content, Budget(Limits()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(content)


def test_what_is_left_without_outputs_is_limited():
    """The message has both sizes."""
    content = notebook("a = 1", odd="x" * MAX_REST)
    with pytest.raises(Unreadable, match="bytes besides its outputs, where 8,388,608 are read"):
        cells_of(content, Budget(Limits()))


def test_a_notebook_of_images_is_read():
    """Fifteen MiB of them, and tables of text."""
    image = {"output_type": "display_data", "data": {"image/png": "A" * (3 << 20)}}
    table = {"output_type": "stream", "text": ['a, [b], {c}: "d"\n'] * 10_000}
    raw = json.loads(notebook("a = 1"))
    raw["cells"][0]["outputs"] = [image] * 4 + [table]
    assert cells_of(json.dumps(raw).encode(), Budget(Limits())) == [Cell("code", "a = 1")]
