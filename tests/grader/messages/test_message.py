"""Messages as values: their text, the untrusted parts in it, and their conversion to JSON."""

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.translation_check import messages_in
from grader.messages.message import (
    _TEMPLATE,
    HOMES,
    STUBS,
    Message,
    cut,
    english,
    joined,
    literal,
    pack,
    phrase,
    unpack,
)

ROOT = Path(__file__).parents[3]
INNER = english("did you mean {name}?", name="self.W")
NESTED = english("{title}, in {place}", title=INNER, place="f")


def test_a_message_says_its_values_in_english():
    """Works like `str.format`, including formats of numbers."""
    assert str(english("{a:,} of {b!r}, at {c:g}", a=1234, b="x", c=2.0)) == "1,234 of 'x', at 2"
    assert str(NESTED) == "did you mean self.W?, in f"
    assert str(english("{path}", path=Path("a"))) == "a"


def test_without_values_braces_are_no_places():
    """The message of a stub may show a dict, for example."""
    assert str(Message("return {}", home=STUBS)) == "return {}"


def test_values_with_braces_are_said_as_they_are():
    """Braces in untrusted values have no special meaning."""
    assert str(english("{name} and {more}", name="{more}", more="{0}")) == "{more} and {0}"


def test_a_message_is_no_text_that_reads_the_same():
    """So text from a learner never equals a message, in a dict or a set either."""
    assert english("nothing was handed in") != "nothing was handed in"
    assert len({english("nothing was handed in"), "nothing was handed in"}) == 2
    assert english("{a}", a="1") == english("{a}", a="1")


def test_texts_are_joined_as_texts_where_there_is_no_message():
    """With a message among them, the result is a message."""
    assert joined(["a", "b"], by="; ") == "a; b"
    assert joined([]) == ""
    assert joined(["", INNER]) == INNER
    both = joined(["a ", INNER, joined([" b ", NESTED])])
    assert str(both) == f"a {INNER} b {NESTED}"
    assert [value for _, value in both.values] == ["a ", INNER, " b ", NESTED]


@given(st.lists(st.sampled_from(["", "a", "{x}", INNER, NESTED]), max_size=6))
def test_joining_says_all_and_nothing_else(pieces):
    """Keeps all pieces and the separators."""
    assert str(joined(pieces, by="; ")) == "; ".join(map(str, pieces))
    assert str(joined(pieces, by=english("; "))) == "; ".join(map(str, pieces))


def test_only_what_is_not_in_our_words_is_changed():
    """Pseudonyms, for example, replace names only in untrusted parts."""
    message = english("mean {name}?", name=joined(["mean it, ", NESTED]))
    changed = literal(message, lambda text: text.replace("mean", "X"))
    assert str(changed) == "mean X it, did you mean self.W?, in f?"
    assert literal("mean", str.upper) == "MEAN"
    assert str(literal(Message("at 0x1", home=STUBS), str.upper)) == "AT 0X1"


def test_what_is_too_long_is_cut_in_english():
    """A shortened message becomes a str; a short one stays a message."""
    assert cut(NESTED, 100) is NESTED
    assert cut(NESTED, 12) == "did you mean"


# Crossing


TEXTS = st.recursive(
    st.text(max_size=8),
    lambda texts: st.builds(
        lambda values, home: Message(
            "".join(f"a {{{name}}} " for name in values), tuple(values.items()), home
        ),
        st.dictionaries(
            st.from_regex(r"[a-z]\w{0,5}", fullmatch=True).filter(str.isascii),
            texts | st.integers(-9, 2**60) | st.floats(allow_nan=False),
            max_size=3,
        ),
        st.sampled_from(HOMES),
    ),
    max_leaves=6,
)


@given(TEXTS)
def test_a_message_crosses_as_it_is(text):
    """A message converted to JSON and back is equal."""
    assert unpack(json.loads(json.dumps(pack(text)))) == text


def test_a_message_crosses_as_its_text_and_values():
    """The JSON includes the home unless it is the grader's own."""
    assert pack(english("{a} b", a=1)) == ["msg", "{a} b", {"a": 1}]
    assert pack(phrase("x")) == ["msg", "x", {}, "tests/specs"]
    assert pack("x") == "x"


def deep(number):
    return "x" if not number else ["msg", "{a}", {"a": deep(number - 1)}]


@pytest.mark.parametrize(
    "content",
    [
        None,
        3,
        [],
        ["msg"],
        ["msg", "x"],
        ["msg", 3, {}],
        ["msg", "x", []],
        ["other", "x", {}],
        ["msg", "x", {}, "/etc"],
        ["msg", "x", {}, "", ""],
        ["msg", "x", {}, ["tests/specs"]],
        ["msg", "{a}", {"b": "c"}],
        ["msg", "{a.__class__}", {"a": "b"}],
        ["msg", "{a[0]}", {"a": "b"}],
        ["msg", "{0}", {"a": "b"}],
        ["msg", "{a:>999999999}", {"a": "b"}],
        ["msg", "{a:{b}}", {"a": "x", "b": ">99"}],
        ["msg", "{a:g}", {"a": "b"}],
        ["msg", "{a:02x}", {"a": 0.5}],
        ["msg", "{a", {"a": "b"}],
        ["msg", "{a}", {"a": None}],
        ["msg", "{a}", {"a": True}],
        ["msg", "{a}", {"a": 10**30}],
        ["msg", "{a}", {"a": ["list"]}],
        ["msg", "{a}" * 30, {"a": "x" * 99}],
        ["msg", "x" * 2001, {}],
        ["msg", "{a}", {"a": "x" * 2001}],
        ["msg", "x", {"a": "y" * 2001}],
        "x" * 2001,
        deep(20),
    ],
)
def test_what_is_no_message_is_refused(content):
    """Invalid values raise a ValueError, and soon."""
    with pytest.raises(ValueError, match=r".+"):
        unpack(content, 2000)


def test_all_that_we_say_can_cross():
    """`unpack` accepts every message of the grader and of the specs."""
    said = [*messages_in(ROOT / "grader")]
    said += [
        call.args[0].value
        for path in (ROOT / "tests" / "specs").glob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "phrase"
    ]
    kept = [text for text in said if "'{" not in text and "!r" not in text]
    assert len(kept) > 300
    assert [text for text in kept if not _TEMPLATE.fullmatch(text)] == []
