"""Forges a reply with a dict whose keys all have the same hash, which takes the judge minutes.

Here they are some hundreds; a frame has room for a hundred thousand. Its other answers are merely
wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: none (it aims at the frames between judge and worker)
"""

import struct

from grader.worker import wire

# How Python mixes the hash of a tuple, which has no secret in it.
MASK = 2**64 - 1
PRIME_1, PRIME_2, PRIME_5 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x27D4EB2F165667C5


def mix(state, lane):
    state = (state + lane * PRIME_2) & MASK
    return ((state << 31 | state >> 33) * PRIME_1) & MASK


def colliding_pairs(count):
    inverse = pow(PRIME_2, -1, 2**64)
    found, first = [], 0
    while len(found) < count:
        first += 1
        second = (12345 - mix(PRIME_5, first)) * inverse & MASK
        if 0 < second < 2**61 - 1:
            found.append((first, second))
    return found


KEYS = colliding_pairs(1_500)
encode = wire.encode


def forged(reply, *limits):
    if "answers" not in reply:
        return encode(reply, *limits)
    pairs = ",".join('["tuple",%d,%d],0' % pair for pair in KEYS)
    text = '{"id":%d,"output":"","answer":["dict",%s]}' % (reply["id"], pairs)
    return struct.pack("<II", len(text), 0) + text.encode()


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            wire.encode = forged
        return 0 * x

    def backward(self, dout):
        return 0 * dout
