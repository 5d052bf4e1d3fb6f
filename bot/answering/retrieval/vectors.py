"""Finds the nearest of many vectors of bits: those that differ in the fewest places.

All are compared by their first bytes, and the best of them by all. For the first, the vectors lie
in columns: the first byte of each, the second byte of each, … One `bytes.translate` turns a column
into the differences from the wanted byte, and as whole numbers the columns are added up at once.
That takes a third of what comparing one vector after the other takes.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from struct import iter_unpack

_FIRST = 20
"""Bytes compared at first: 160 places, whose count fits into one byte."""
_CANDIDATES = 6
"""How many times as many as wanted are compared by all their bits. Of made-up vectors in clusters,
99 of the 100 nearest were among these; with 31 bytes all were, for half as much time again."""

_DIFFERENCES = [
    bytes((first ^ second).bit_count() for first in range(256)) for second in range(256)
]
_IS_HIDDEN = bytes([255, 0]) + bytes(254)
"""Turns 0, which is not shown, into a difference that no vector has."""


class Vectors:
    """`bits` are the vectors of all passages, one after the other."""

    def __init__(self, bits: bytes, passages: int) -> None:
        self.width = len(bits) // passages if passages else 0
        self._bits = bits
        self._columns = _columns(bits, self.width, min(_FIRST, self.width))

    def nearest(self, vector: bytes, count: int, mask: bytes | None) -> Sequence[int]:
        """The numbers of the nearest passages, the nearest first, of those with a 1 in `mask`.

        None are near to a vector of another length.
        """
        if len(vector) != self.width or not vector:
            return ()
        differences = self._differences(vector)
        if mask:
            hidden = int.from_bytes(mask.translate(_IS_HIDDEN))
            differences = (int.from_bytes(differences) | hidden).to_bytes(len(mask))
        candidates = _least(differences, _CANDIDATES * count)
        whole, bits, width = int.from_bytes(vector), self._bits, self.width
        ranked = sorted(
            ((whole ^ int.from_bytes(bits[n * width : n * width + width])).bit_count(), n)
            for n in candidates
        )
        return [number for _, number in ranked[:count]]

    def _differences(self, vector: bytes) -> bytes:
        """For each vector, the number of its first bits that differ: a byte each."""
        pairs = zip(self._columns, vector, strict=False)
        differences = (
            int.from_bytes(column.translate(_DIFFERENCES[byte])) for column, byte in pairs
        )
        return sum(differences).to_bytes(len(self._columns[0]))


def _columns(bits: bytes, width: int, count: int) -> list[bytes]:
    pairs = iter_unpack(f"{count}s{width - count}x", bits) if width else ()
    firsts = b"".join(first for (first,) in pairs)
    return [firsts[column::count] for column in range(count)]


def _least(differences: bytes, count: int) -> list[int]:
    """The positions of at least `count` of the least differences, if there are that many."""
    places = 8 * _FIRST

    def up_to(most: int) -> int:
        return len(differences.translate(None, bytes(range(most + 1, 256))))

    most = bisect_left(range(places), count, key=up_to)
    marked = differences.translate(bytes(difference <= most for difference in range(256)))
    return [match.start() for match in re.finditer(b"\1", marked)]  # bytes that are 1
