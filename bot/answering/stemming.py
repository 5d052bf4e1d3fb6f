"""M. F. Porter's stemmer ("An algorithm for suffix stripping", 1980), so that "deploying" finds
"deployed". Written for lower-case ASCII words; others come back as they are."""

import re
from functools import lru_cache

_STEP_2 = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize",
    "bli": "ble", "alli": "al", "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize",
    "ation": "ate", "ator": "ate", "alism": "al", "iveness": "ive", "fulness": "ful",
    "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble", "logi": "log",
}  # fmt: skip
_STEP_3 = {
    "icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": "",
}  # fmt: skip
_STEP_4 = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou",
    "ism", "ate", "iti", "ous", "ive", "ize",
)  # fmt: skip
_ASCII_WORD = re.compile(r"[a-z]+\Z")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    if len(word) < 3 or not _ASCII_WORD.match(word):
        return word
    word = _step_1(word)
    word = _replace_suffix(word, _STEP_2)
    word = _replace_suffix(word, _STEP_3)
    return _step_5(_step_4(word))


def _step_1(word: str) -> str:
    word = _without_plural(word)
    if word.endswith("eed"):
        word = word[:-1] if _measure(word[:-3]) > 0 else word
    elif word.endswith("ed") and _has_vowel(word[:-2]):
        word = _mended(word[:-2])
    elif word.endswith("ing") and _has_vowel(word[:-3]):
        word = _mended(word[:-3])
    return word[:-1] + "i" if word.endswith("y") and _has_vowel(word[:-1]) else word


def _without_plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _mended(word: str) -> str:
    """What "-ed" and "-ing" took with them: "hop(p)ing", "mak(e)ing"."""
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    shape = _shape(word)
    if len(word) > 1 and word[-1] == word[-2] and shape[-1] == "c":
        return word if word[-1] in "lsz" else word[:-1]
    return word + "e" if _measure(word) == 1 and _ends_short(word) else word


def _replace_suffix(word: str, replacements: dict[str, str]) -> str:
    suffix = max((s for s in replacements if word.endswith(s)), key=len, default="")
    if suffix and _measure(word[: -len(suffix)]) > 0:
        return word[: -len(suffix)] + replacements[suffix]
    return word


def _step_4(word: str) -> str:
    suffix = max((s for s in _STEP_4 if word.endswith(s)), key=len, default="")
    rest = word[: len(word) - len(suffix)]
    if suffix == "ion" and not rest.endswith(("s", "t")):
        return word
    return rest if suffix and _measure(rest) > 1 else word


def _step_5(word: str) -> str:
    if word.endswith("e"):
        measure = _measure(word[:-1])
        if measure > 1 or (measure == 1 and not _ends_short(word[:-1])):
            word = word[:-1]
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word


def _shape(word: str) -> str:
    """`c` for each consonant, `v` for each vowel; `y` after a consonant is a vowel."""
    shape = ""
    for letter in word:
        vowel = letter in "aeiou" or (letter == "y" and shape.endswith("c"))
        shape += "v" if vowel else "c"
    return shape


def _measure(word: str) -> int:
    """Porter's m: how often a vowel is followed by a consonant."""
    return _shape(word).count("vc")


def _has_vowel(word: str) -> bool:
    return "v" in _shape(word)


def _ends_short(word: str) -> bool:
    """Porter's *o: consonant, vowel, consonant that is not w, x or y, as in "hop"."""
    return _shape(word).endswith("cvc") and word[-1] not in "wxy"
