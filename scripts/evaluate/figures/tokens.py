"""How many words of an answer and of the golden one are the same, as SQuAD counts them."""

import re
import string
from collections import Counter

_CITATION = re.compile(r" ?\[\d{1,3}\]")
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def f1(answer: str, golden: str) -> float:
    """The harmonic mean of precision and recall over words, without the numbers of sources.

    Words in lower case, without punctuation and articles.
    """
    said, right = _words(_CITATION.sub("", answer)), _words(golden)
    if not said or not right:
        return float(said == right)
    same = sum((Counter(said) & Counter(right)).values())
    return 2 * same / (len(said) + len(right))


def _words(text: str) -> list[str]:
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()
