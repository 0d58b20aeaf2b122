"""The bytes between judge and worker: what crosses, what is refused, and time limits."""

import json
import socket
import struct
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.messages.message import english
from grader.worker import wire
from grader.worker.wire import (
    Bounds,
    Channel,
    Disconnected,
    TooLarge,
    WireError,
    decode,
    encode,
    reply_bounds,
    within,
)

DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    hnp.complex_number_dtypes(endianness="?", sizes=(64, 128)),
)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, SHAPES))
STRIDED = st.sampled_from([lambda a: a.T, lambda a: a[..., ::-1] if a.ndim else a])
VIEWS = st.builds(lambda array, view: view(array), ARRAYS, STRIDED)
SCALARS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, ())).map(lambda array: array[()])
KEYS = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(),
    ARRAYS,
    st.lists(st.integers(-9, 9) | st.text()).map(tuple),
)
STEPS = st.one_of(st.tuples(st.just("attribute"), st.text()), st.tuples(st.just("item"), KEYS))
PLACES = st.builds(
    wire.Reference, st.integers(0, 2**63) | st.text(), st.lists(STEPS, max_size=4).map(tuple)
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(),
    ARRAYS,
    VIEWS,
    SCALARS,
    st.builds(wire.Remote, st.integers(0, 9), st.text()),
    PLACES,
    st.builds(wire.Callback, st.integers(0, 9)),
    st.builds(wire.Seed, st.integers(0, 2**63)),
    st.builds(wire.Opaque, st.text()),
    st.builds(lambda text, name: english("{a} is no {b}", a=text, b=name), st.text(), st.text()),
    st.just(wire.SharedArray(3, "<f8", (2, 3))),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text() | st.integers(-9, 9), inner, max_size=4),
    ),
    max_leaves=8,
)


def assert_same(one, other):
    """Check that two values are the same to the last bit, types included."""
    assert type(one) is type(other)
    match one:
        case list() | tuple():
            assert len(one) == len(other)
            for left, right in zip(one, other, strict=True):
                assert_same(left, right)
        case dict():
            assert list(one) == list(other)
            for key in one:
                assert_same(one[key], other[key])
        case np.ndarray() | np.generic():
            assert (one.dtype.str, one.shape) == (other.dtype.str, other.shape)
            assert one.tobytes() == other.tobytes()
        case wire.Reference():
            assert_same([one.start, one.steps], [other.start, other.steps])
        case float():
            assert struct.pack("d", one) == struct.pack("d", other)
        case _:
            assert one == other


def frame(header, blob=b""):
    """A frame with that header, which need not be an honest one."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<II", len(text), len(blob)) + text + blob


def decode_or_refuse(content):
    """Decode; anything but a value or `WireError` fails the test."""
    try:
        return decode(content)
    except WireError as error:
        return error


# What crosses


@given(VALUES)
def test_every_kind_of_value_comes_back_as_it_was(value):
    """What `encode` takes, `decode` gives back to the last bit, in type, dtype and shape."""
    assert_same(decode(encode(value)), value)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("-inf"),
        -0.0,
        np.float32("nan"),
        np.array(3.0),
        np.zeros((0, 3)),
        np.zeros((2, 0), bool),
        np.arange(6, dtype=">i4").reshape(2, 3),
        np.arange(12.0).reshape(3, 4)[::2, ::-1],
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array([1 + 2j, complex("nan")]),
        np.bool_(True),
        True,
        2**64 - 1,
        -(2**63),
        "\ud800 and \0",
        (),
        [],
        {},
        {"a": [(1, {2: None})]},
    ],
    ids=repr,
)
def test_awkward_values_come_back_as_they_were(value):
    """The values that other formats lose survive."""
    assert_same(decode(encode(value)), value)


def test_arrays_of_several_dtypes_in_one_frame_keep_their_own_bytes():
    """Arrays whose bytes lie at odd offsets behind each other are told apart."""
    value = {"a": np.array([True]), "b": np.arange(3.0), "c": (np.int8(1), np.array([1j]))}
    assert_same(decode(encode(value)), value)


def test_arrays_come_back_read_only():
    """Nobody can write into an array that came in a frame, nor make it writable."""
    array = decode(encode(np.ones(3)))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 2
    with pytest.raises(ValueError, match="WRITEABLE"):
        array.flags.writeable = True


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("make", [np.matrix, np.ma.masked_array])
def test_arrays_come_back_of_the_base_class(make):
    """An instance of a subclass of ndarray arrives as a plain array."""
    assert type(decode(encode(make([[1.0, 2.0]])))) is np.ndarray


@given(ARRAYS)
def test_what_was_encoded_is_not_changed_by_what_happens_later(array):
    """A frame holds a copy: writing into the array afterwards leaves the frame alone."""
    before = array.tobytes()
    content = encode(array)
    array[...] = 0
    assert decode(content).tobytes() == before


# What is refused


@pytest.mark.parametrize(
    "value",
    [
        np.array([None]),
        np.array(["text"]),
        np.array([b"bytes"]),
        np.array(["2000-01-01"], "M8[D]"),
        np.zeros(1, [("a", "f8")]),
        np.datetime64("2000-01-01"),
        b"bytes",
        {1, 2},
        1j,
        object(),
        len,
        range(3),
        [object()],
        {"a": {1}},
    ],
    ids=lambda value: f"{type(value).__name__}",
)
def test_values_of_other_kinds_are_refused(value):
    """Objects, text arrays, sets, functions and the like cannot be encoded."""
    with pytest.raises(WireError):
        encode(value)


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**5000], ids=["2^64", "-2^63-1", "big"])
def test_integers_beyond_64_bits_are_refused_both_ways(number):
    """A huge integer neither leaves nor enters."""
    with pytest.raises(WireError):
        encode([number])
    digits = "1" + "0" * 5000 if number > 2**65 else str(number)
    with pytest.raises(WireError):
        decode(frame(f"[{digits}]".encode()))


@pytest.mark.parametrize("wrap", [lambda v: [v], lambda v: (v,), lambda v: {"a": v}])
def test_depth_is_limited_both_ways(wrap):
    """`MAX_DEPTH` levels cross, whatever they are made of; one more is refused."""
    value = None
    for _ in range(wire.MAX_DEPTH):
        value = wrap(value)
    assert decode(encode(value)) == value
    with pytest.raises(WireError, match="deep"):
        encode(wrap(value))


def test_a_list_that_contains_itself_is_refused():
    """A cycle ends in an error, not in a full stack."""
    value = []
    value.append(value)
    with pytest.raises(WireError, match="deep"):
        encode(value)


@pytest.mark.parametrize("length", [18, 100, 1000, 100_000])
def test_a_deeply_nested_header_is_refused(length):
    """JSON of any depth ends in `WireError`."""
    with pytest.raises(WireError):
        decode(frame(b"[" * length + b"]" * length))


@pytest.mark.parametrize("before", [0, 7, 15])
def test_a_deeply_nested_unknown_part_is_refused(before):
    """JSON that the parser just manages, and that is then too deep to be shown, is refused too."""
    for depth in range(800, 1010):
        header = b"[" * before + b'{"x":' + b"[" * depth + b"]" * depth + b"}" + b"]" * before
        assert isinstance(decode_or_refuse(frame(header)), WireError)


def test_values_that_are_too_large_are_refused():
    """More than `MAX_BLOB` bytes of arrays, or `MAX_HEADER` of the rest, do not leave."""
    too_large = np.broadcast_to(np.uint8(0), (wire.MAX_BLOB + 1,))
    half = np.zeros(wire.MAX_BLOB // 2 + 1, np.uint8)
    for value in (too_large, [half, half], "x" * wire.MAX_HEADER):
        with pytest.raises(WireError, match="allowed"):
            encode(value)


def test_the_bytes_of_arrays_have_a_limit_that_can_be_set():
    """To the byte, writing and reading."""
    frame_of_a_thousand = encode([np.zeros(100), np.zeros(25)], Bounds(1000))
    assert len(decode(frame_of_a_thousand, Bounds(1000))) == 2
    with pytest.raises(WireError, match="999"):
        encode([np.zeros(100), np.zeros(25)], Bounds(999))
    with pytest.raises(WireError, match="999"):
        decode(frame_of_a_thousand, Bounds(999))


FEW = Bounds(parts=100)


@pytest.mark.parametrize(
    "value",
    [
        [1] * 200,
        [[]] * 200,
        [{}] * 200,
        {str(number): number for number in range(200)},
        {number: number for number in range(200)},
        [np.zeros(1)] * 50,
        [[[["deep"]] * 8] * 8] * 8,
        ["[,{"] * 200,
    ],
    ids=lambda value: repr(value)[:20],
)
def test_many_parts_are_refused_before_objects_are_made_of_them(value):
    """Whatever they are; sending and receiving."""
    with pytest.raises(TooLarge, match="parts, where 100 are allowed"):
        encode(value, FEW)
    with pytest.raises(TooLarge, match="parts, where 100 are allowed"):
        decode(encode(value), FEW)


@pytest.mark.parametrize(
    "text",
    ["," * 1000, '",' * 1000, "\\" * 999, '\\",[' * 500, '"' * 999, "\n{" * 500],
    ids=lambda value: repr(value)[:20],
)
def test_brackets_and_commas_in_a_text_are_no_parts(text):
    """A learner may print what they like, quotes and backslashes included."""
    for value in (text, [text] * 30, {text: text}, {"a": [text, 1.0]}):
        assert_same(decode(encode(value, FEW), FEW), value)


@given(st.binary(max_size=60).map(lambda text: text * 50), st.booleans())
def test_arbitrary_bytes_are_counted_without_another_error(text, quoted):
    """Also texts that never end, and a backslash at the end."""
    with pytest.raises(WireError):
        decode(frame(b'["list",' + (b'"' if quoted else b"") + text), FEW)


def test_bounds_of_a_reply_leave_room_for_an_answer_and_the_output():
    """As much as an answer may have, in its most verbose form, with as much output."""
    losses = [np.float64(1) / 3 for _ in range(wire.MAX_ITEMS)]
    bounds = reply_bounds(output=1000)
    reply = {"id": 2**40, "output": "\U0001f600" * 1000, "answer": losses}
    assert_same(decode(encode(reply, bounds), bounds), reply)
    with pytest.raises(TooLarge):
        encode([losses, losses], bounds)


def test_a_frame_of_an_impossible_size_is_told_from_one_that_is_too_large():
    """One is no frame at all, the other is too much for its receiver."""
    bounds = reply_bounds()
    with pytest.raises(TooLarge, match="allowed"):
        bounds.check_sizes(bounds.header, bounds.blob + 1)
    with pytest.raises(WireError, match="allowed") as caught:
        bounds.check_sizes(2**32 - 1, 0)
    assert not isinstance(caught.value, TooLarge)


@pytest.mark.parametrize(
    "header",
    [
        ["array", "|O", [1]],
        ["array", "<U1", [1]],
        ["array", "f8", [1]],
        ["array", "<f8,<f8", [1]],
        ["array", "<f3", [1]],
        ["array", "<c99", [1]],
        ["array", "<M8", [1]],
        ["array", "<f8", [-1]],
        ["array", "<f8", [2]],
        ["array", "<f8", [True]],
        ["array", "<f8", [1.0]],
        ["array", "<f8", ["1"]],
        ["array", "<f8", [[1]]],
        ["array", "<f8", [2**40, 2**40]],
        ["array", "<f8", [2**64]],
        ["array", "<f8", [1] * 33],
        ["array", "<f8"],
        ["array", "<f8", [1], 0],
        ["array", ["<f8", [1]]],
        {"array": ["<f8", [1]]},
        ["scalar", "<f8", [1]],
        ["tuple", [1]],
        ["tuple", ["array", "|O", [1]]],
        ["list", [[]]],
        ["dict", 1],
        ["dict", ["list"], 1],
        ["dict", ["array", "<f8", [1]], 1],
        ["dict", None, 1],
        {"key": [1]},
        {"key": 2**64},
        ["msg", "x"],
        ["msg", "x", {}, "/etc"],
        ["msg", "{a.__class__}", {"a": "b"}],
        ["msg", "{a:>99999999}", {"a": "b"}],
        ["msg", "{a}", {"a": ["list"]}],
        ["msg", "{a}" * 99, {"a": "x" * 99}],
        ["remote", "1", "x"],
        ["remote", -1, "x"],
        ["place"],
        ["place", None],
        ["place", 1.0],
        ["place", True],
        ["place", ["a"]],
        ["place", "a", "attribute"],
        ["place", "a", "item"],
        ["place", "a", 1, 1],
        ["place", "a", "attribute", 1],
        ["place", "a", "attribute", None],
        ["place", "a", "attribute", ["list", "b"]],
        ["place", "a", "attribute", "b", "c"],
        ["place", "a", "item", 2**64],
        ["place", "a", "item", [1]],
        ["place", "a", "item", ["array", "|O", [1]]],
        ["place", "a", "method", "b"],
        ["place", "a", ["list", "item"], 1],
        ["place", "a", ["array", "<f8", [1]], 1],
        ["dict", ["place", "a", "item", 1], 1],
        ["callback", None],
        ["seed", -1],
        ["mapping", "/a", "|O", [1]],
        ["mapping", "/a", "<f8", [-1]],
        ["opaque", 1],
        ["unheard of", 1],
        [],
        [[]],
        [{}],
        [None],
        {},
        1,
    ],
    ids=str,
)
def test_a_dishonest_header_is_refused(header):
    """Eight bytes behind a header that does not describe them are not taken for a value."""
    with pytest.raises(WireError):
        decode(frame(header, bytes(8)))


@pytest.mark.parametrize(
    "number", [-1, -(2**63), 2**64, 10**4000], ids=["-1", "-2^63", "2^64", "big"]
)
def test_a_place_at_an_impossible_number_is_refused(number):
    """Objects are counted from 0; a negative number would be that of another object."""
    with pytest.raises(WireError):
        decode(frame(["place", number, "item"]))


def test_a_place_with_a_key_that_cannot_cross_is_refused():
    """A slice, an object: nothing leaves, whatever the spec has in mind."""
    for key in (slice(None), object(), {1}, 2**64, (1, ...)):
        with pytest.raises(WireError):
            encode(wire.Reference("a", (("item", 1), ("item", key))))


def test_the_key_of_a_step_is_limited_in_depth_both_ways():
    """A place is one level of the value, and its key has what is left; its length is free."""
    key = 0
    for _ in range(wire.MAX_DEPTH - 1):
        key = (key,)
    place = wire.Reference("a", (("attribute", "b"),) * 1000 + (("item", key),))
    assert decode(encode(place)) == place
    deeper = wire.Reference("a", (("item", (key,)),))
    with pytest.raises(WireError, match="deep"):
        encode(deeper)
    with pytest.raises(WireError, match="deep"):
        encode([place])
    told = 0
    for _ in range(wire.MAX_DEPTH):
        told = ["tuple", told]
    with pytest.raises(WireError, match="deep"):
        decode(frame(["place", "a", "item", told]))


def test_an_empty_array_with_impossible_lengths_is_refused():
    """Lengths whose product overflows are refused, though a zero among them makes it nothing."""
    with pytest.raises(WireError):
        decode(frame(["array", "<f8", [2**40, 2**40, 0]]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1234567",
        frame(b""),
        frame(b"\xff\xfe"),
        frame(b"\xef\xbb\xbf1"),
        frame(b"nonsense"),
        frame(b"1 2"),
        frame(b"1")[:-1],
        frame(b"1") + b"x",
        frame(b"1", b"bytes of nobody"),
    ],
    ids=repr,
)
def test_bytes_that_are_no_frame_are_refused(content):
    """Too short, too long, not UTF-8, not JSON."""
    with pytest.raises(WireError):
        decode(content)


@pytest.mark.parametrize("sizes", [(2**32 - 1, 0), (0, 2**32 - 1), (2, wire.MAX_BLOB + 1)])
def test_a_frame_that_announces_too_much_is_refused_for_its_size(sizes):
    """The announced sizes are checked before anything else."""
    with pytest.raises(WireError, match="allowed"):
        decode(struct.pack("<II", *sizes) + b"[]")


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_a_value_or_wire_error(content):
    """No sequence of bytes makes `decode` fail in another way."""
    decode_or_refuse(content)


@given(st.binary(max_size=60), st.binary(max_size=40))
def test_arbitrary_bytes_as_header_give_a_value_or_wire_error(header, blob):
    """Nor do they behind an honest prefix."""
    decode_or_refuse(frame(header, blob))


@given(VALUES.map(encode), st.data())
def test_a_damaged_frame_gives_a_value_or_wire_error(content, data):
    """A frame in which some bytes were changed is refused, or is another frame."""
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255) | st.sampled_from(list(b'[]{}",:019-e')))
    decode_or_refuse(bytes(damaged))


@given(VALUES.map(encode), st.data())
def test_a_frame_cut_short_is_refused(content, data):
    """No proper beginning of a frame is a frame."""
    end = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(WireError):
        decode(content[:end])


LENGTHS = st.integers(0, 4) | st.sampled_from([-1, 2**31, 2**40, 2**63, 1.0, True, None])
NODES = st.one_of(
    st.tuples(
        st.sampled_from(["array", "scalar"]),
        st.tuples(
            st.sampled_from(["<f8", ">i4", "|b1", "<c16", "<f2", "|O", "<f16", "<i08"]),
            st.lists(LENGTHS, max_size=4),
        ),
    ).map(lambda pair: [pair[0], *pair[1]]),
    st.builds(
        lambda start, steps: ["place", start, *(part for step in steps for part in step)],
        st.integers() | st.text() | LENGTHS | st.lists(LENGTHS),
        st.lists(
            st.tuples(
                st.sampled_from(["attribute", "item", "method", 1, None]),
                st.integers() | st.text() | st.lists(LENGTHS),
            ),
            max_size=3,
        ),
    ),
    st.builds(
        lambda tag, content: [tag, *content],
        st.sampled_from(
            ["list", "tuple", "dict", "place", "remote", "callback", "seed", "mapping", "opaque"]
        ),
        st.lists(st.integers() | st.text() | st.lists(LENGTHS), max_size=4),
    ),
)


@given(
    st.recursive(
        NODES,
        lambda inner: (
            st.lists(inner)
            | st.lists(inner).map(lambda items: ["tuple", *items])
            | st.lists(inner).map(lambda items: ["dict", *items])
            | st.dictionaries(st.text(), inner)
        ),
        max_leaves=6,
    ),
    st.binary(max_size=64),
)
def test_headers_that_are_nearly_right_give_a_value_or_wire_error(header, blob):
    """Well-formed JSON with the right words in it is no way around the checks."""
    decode_or_refuse(frame(header, blob))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.ones(2), True),
        (np.bool_(True), True),
        (np.array([1j]), True),
        (np.array(["a"]), False),
        (np.array([None]), False),
        (1.0, False),
        ([1.0], False),
    ],
    ids=repr,
)
def test_is_plain_array_knows_what_can_cross_as_bytes(value, expected):
    """Arrays and NumPy scalars of numbers and booleans do, nothing else."""
    assert wire.is_plain_array(value) is expected


# Channels


@pytest.fixture
def pair():
    """A channel, and the bare socket at its other end."""
    one, other = socket.socketpair()
    channel = Channel(one)
    with other:
        yield channel, other
    channel.close()


def soon():
    """The time for what is bound to take longer."""
    return within(0.3)


def later():
    """The time for what must not take longer."""
    return within(30)


def test_a_channel_brings_values_in_order(pair):
    """What was sent first is received first."""
    channel, other = pair
    peer = Channel(other)
    for value in (1, "two", np.arange(3)):
        peer.send(value, later())
    assert channel.receive(later()) == 1
    assert channel.receive(later()) == "two"
    assert_same(channel.receive(later()), np.arange(3))


def test_a_large_value_crosses_both_ways(pair):
    """A frame of many times the socket's buffer goes there and back."""
    channel, other = pair
    peer = Channel(other)
    echo = threading.Thread(target=lambda: peer.send(peer.receive(later()), later()))
    echo.start()
    value = np.random.default_rng(0).random(3_000_000)
    channel.send(value, later())
    answer = channel.receive(later())
    echo.join()
    assert np.array_equal(answer, value)


def test_receiving_ends_at_the_deadline_when_nothing_comes(pair):
    """A silent peer costs the time that was allowed, not more."""
    channel, _ = pair
    with pytest.raises(TimeoutError):
        channel.receive(soon())


@pytest.mark.parametrize("length", [3, 8, 20])
def test_receiving_ends_at_the_deadline_when_half_a_frame_comes(pair, length):
    """A peer that stops within the prefix or within the frame is not waited for."""
    channel, other = pair
    other.sendall(encode("a text that is long enough")[:length])
    with pytest.raises(TimeoutError):
        channel.receive(soon())


def test_receiving_ends_at_the_deadline_when_a_frame_trickles(pair):
    """Each byte that arrives does not buy the peer another delay."""
    channel, other = pair
    stop = threading.Event()

    def trickle():
        for byte in encode("x" * 500):
            if stop.wait(0.02):
                return
            other.send(bytes([byte]))

    peer = threading.Thread(target=trickle)
    peer.start()
    try:
        with pytest.raises(TimeoutError):
            channel.receive(soon())
    finally:
        stop.set()
        peer.join()


def test_sending_ends_at_the_deadline_when_nobody_reads(pair):
    """A peer that does not read cannot hold the sender."""
    channel, _ = pair
    with pytest.raises(TimeoutError):
        channel.send(np.zeros(6_000_000), soon())


def test_a_deadline_in_the_past_is_over_at_once(pair):
    """No time left means no waiting, even if a frame is ready."""
    channel, other = pair
    other.sendall(encode(1))
    with pytest.raises(TimeoutError):
        channel.receive(within(-1))
    with pytest.raises(TimeoutError):
        channel.send(1, within(-1))


@pytest.mark.parametrize("length", [0, 3, 8, 20])
def test_a_peer_that_closes_is_told_from_one_that_is_slow(pair, length):
    """A connection that ends, wherever in a frame, is `Disconnected`."""
    channel, other = pair
    other.sendall(encode("a text that is long enough")[:length])
    other.close()
    with pytest.raises(Disconnected):
        channel.receive(later())


def test_a_time_that_grows_meanwhile_is_waited_for(pair):
    """What is left is asked again and again, such as processor time that is not being used."""
    channel, other = pair
    asked = []

    def remaining():
        asked.append(0.01)
        if len(asked) == 5:
            other.sendall(encode("late"))
        return 0.01

    assert channel.receive(remaining) == "late"
    assert len(asked) >= 5


def test_a_channel_that_has_waited_with_a_limit_waits_without_one(pair):
    """No limit means none, whatever was allowed before."""
    channel, other = pair
    with pytest.raises(TimeoutError):
        channel.receive(within(0.01))
    later_on = threading.Timer(0.1, lambda: other.sendall(encode("late")))
    later_on.start()
    assert channel.receive() == "late"
    later_on.join()


def test_the_arrays_of_one_frame_have_a_limit_that_can_be_set(pair):
    """On either end; the channel is as good as new after a refusal to send."""
    channel, other = pair
    peer = Channel(other)
    channel.sends = channel.receives = Bounds(1000)
    with pytest.raises(WireError, match="1,000"):
        channel.send(np.zeros(126), later())
    with pytest.raises(WireError, match="1,000"):
        channel.send([np.zeros(100), np.zeros(26)], later())
    channel.send(np.zeros(125), later())
    assert peer.receive(later()).shape == (125,)
    peer.send(np.zeros(125), later())
    assert channel.receive(later()).shape == (125,)
    peer.send(np.zeros(126), later())
    with pytest.raises(WireError, match="1,000"):
        channel.receive(later())


def test_sending_to_a_peer_that_is_gone_is_disconnected(pair):
    """Nor does a closed connection look like a time-out to the sender."""
    channel, other = pair
    other.close()
    with pytest.raises(Disconnected):
        channel.send(np.zeros(1000), later())


@pytest.mark.parametrize("sizes", [(2**32 - 1, 2**32 - 1), (wire.MAX_HEADER + 1, 0)])
def test_a_prefix_that_announces_gigabytes_is_refused_without_reading_on(pair, sizes):
    """The sizes are capped before any memory is taken: what follows is still in the socket."""
    channel, other = pair
    other.sendall(struct.pack("<II", *sizes) + b"rest")
    with pytest.raises(WireError, match="allowed") as caught:
        channel.receive(later())
    assert not isinstance(caught.value, Disconnected)


def test_a_value_that_cannot_cross_is_refused_before_anything_is_sent(pair):
    """After a refusal the channel is as good as new."""
    channel, other = pair
    with pytest.raises(WireError):
        channel.send([1, object()], later())
    channel.send("next", later())
    assert Channel(other).receive(later()) == "next"
