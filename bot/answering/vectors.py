"""Finds the nearest of many vectors of bits: those that differ in the fewest places.

Python's whole numbers are quick at that: `(a ^ b).bit_count()`. All vectors are compared by their
first bits, and the best of them by all.
"""

import re
from collections.abc import Sequence
from struct import iter_unpack

_FIRST = 31
"""Bytes compared at first: 248 places, so that a count of them fits into one byte."""
_CANDIDATES = 6
"""How many times as many as wanted are compared by all their bits."""


class Vectors:
    """`bits` are the vectors of all passages, one after the other."""

    def __init__(self, bits: bytes, passages: int) -> None:
        self.width = len(bits) // passages if passages else 0
        self._bits, self._passages = bits, passages
        first = min(_FIRST, self.width)
        pairs = iter_unpack(f"{first}s{self.width - first}x", bits) if first else ()
        self._firsts = [int.from_bytes(start) for (start,) in pairs]

    def nearest(self, vector: bytes, count: int, shown: bytes | None) -> Sequence[int]:
        """The numbers of the nearest passages, the nearest first, of those that are `shown`."""
        if len(vector) != self.width:
            return ()
        wanted = int.from_bytes(vector[:_FIRST])
        differences = bytes(map(int.bit_count, map(wanted.__xor__, self._firsts)))
        candidates = _least(differences, _CANDIDATES * count, shown)
        whole = int.from_bytes(vector)
        return sorted(candidates, key=lambda n: ((whole ^ self._at(n)).bit_count(), n))[:count]

    def _at(self, number: int) -> int:
        return int.from_bytes(self._bits[number * self.width : (number + 1) * self.width])


def _least(differences: bytes, count: int, shown: bytes | None) -> list[int]:
    """Where the least differences are: of so many at least, where there are that many shown."""
    if shown:
        hidden = int.from_bytes(shown.translate(_HIDDEN))
        differences = (int.from_bytes(differences) | hidden).to_bytes(len(differences))
    most = found = 0
    for most in range(8 * _FIRST + 1):
        found += differences.count(most)
        if found >= count:
            break
    return [m.start() for m in re.finditer(b"[\\x00-\\x%02x]" % most, differences)]


_HIDDEN = bytes([255, 0]) + bytes(254)
"""Turns 0, which is not shown, into a difference that no vector has."""
