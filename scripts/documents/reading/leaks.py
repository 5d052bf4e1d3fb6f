"""Removes secrets from documents: tokens by their issuers' published formats, and passwords.

Reports name the place of a secret, never the secret.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

LEFT_OUT = "[secret left out]"

_FORMATS = (
    ("AWS access key", "AKIA ASIA ABIA ACCA", r"\bA(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}\b"),
    ("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b"),
    ("GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{82}\b"),
    (
        "GitLab token",
        "glpat- glptt- glrt- gldt- glcbt- glsoat-",
        r"\bgl(?:pat|ptt|rt|dt|cbt|soat)-[\w-]{20,}",
    ),
    ("Slack token", "xox", r"\bxox[abeoprs](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}"),
    ("Slack app token", "xapp-", r"\bxapp-\d-[A-Za-z0-9-]{10,}"),
    (
        "Slack webhook",
        "hooks.slack",
        r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/+-]{20,}",
    ),
    ("OpenAI key", "sk-", r"\bsk-(?:proj|svcacct|admin)-[\w-]{20,}"),
    ("OpenAI key", "T3BlbkFJ", r"\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"),
    ("Anthropic key", "sk-ant-", r"\bsk-ant-[a-z0-9]+-[\w-]{20,}"),
    (
        "Stripe key",
        "sk_live sk_test sk_prod rk_live rk_test rk_prod",
        r"\b[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,99}\b",
    ),
    ("Stripe webhook secret", "whsec_", r"\bwhsec_[A-Za-z0-9+/=]{24,}"),
    ("Google API key", "AIza", r"\bAIza[\w-]{35}"),
    ("Google OAuth secret", "GOCSPX-", r"\bGOCSPX-[\w-]{28}"),
    ("npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("PyPI token", "pypi-", r"\bpypi-AgEIcHlwaS5vcmc[\w-]{50,}"),
    ("Hugging Face token", "hf_", r"\bhf_[A-Za-z]{34}\b"),
    ("SendGrid key", "SG.", r"\bSG\.[\w-]{22}\.[\w-]{43}"),
    ("Twilio key", "SK", r"\bSK[0-9a-f]{32}\b"),
    ("DigitalOcean token", "_v1_", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    ("Shopify token", "shpat_ shpca_ shppa_ shpss_", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    ("Databricks token", "dapi", r"\bdapi[a-f0-9]{32}(?:-\d)?\b"),
    ("Atlassian token", "ATATT3", r"\bATATT3[\w=-]{100,}"),
    ("JSON web token", ".ey", r"\bey[A-Za-z0-9_-]{17,}\.ey[A-Za-z0-9_-]{17,}\.[\w-]{10,}"),
    (
        "private key",
        "PRIVATE",
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:.*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?:\s*[\w+/=:-]+,?)*)",
    ),
)
"""The kind, words of which each secret has one (a quick test), and the pattern.

For the formats compare https://github.com/gitleaks/gitleaks (config/gitleaks.toml).
"""
_COMPILED = [
    (kind, hints.split(" "), re.compile(pattern, re.DOTALL)) for kind, hints, pattern in _FORMATS
]

_NAMES = (
    *("passw", "passphrase", "pwd", "secret", "token", "apikey", "api_key", "api-key"),
    *("access_key", "accesskey", "access-key", "private_key", "private-key"),
)
# What follows a name: "_prod: x7Kq!zz81pQ", "' => 'x7Kq!zz81pQ", " is x7Kq!zz81pQ".
_VALUE = re.compile(
    r"""[a-z_-]{0,12}["'`*_]{0,3}\s{0,3}(?:[:=]{1,2}>?|is\s)\s{0,3}["'`*_]{0,3}"""
    r"""([^\s"'`<>|,;]{8,})""",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"[^\s/:@<>\"']+:([^\s/@<>\"'${}*]{4,})@")  # "ada:x7Kq!zz81pQ@"
_PLACEHOLDER = re.compile(  # "your-token", "${TOKEN}", "os.environ[…]", "https://…"
    r"example|sample|placeholder|change.?me|your|dummy|redacted|secret.left.out|x{4,}|\*{3,}"
    r"|\.{3}|\u2026|^[$%{<(\[]|^os\.|^process\.|\(|1234|abcd|password|^arn:|^/|://",
    re.IGNORECASE,
)
# At least two digits and a letter, or a digit and a capital: "x7Kq81", "4F".
_MIXED = re.compile(r"\d.*\d.*[A-Za-z]|\d.*[A-Za-z].*\d|[A-Za-z].*\d.*\d|[A-Z].*\d|\d.*[A-Z]")
_RANDOM_BITS = 3.0
"""Shannon entropy in bits a character, from which on a value counts as random."""
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
"""Unlike `str.lower` it keeps every character's position: "\u0130" would become two."""


@dataclass(frozen=True, slots=True)
class Leak:
    """The kind and line of a secret in a document."""

    kind: str
    line: int


def left_out(text: str) -> tuple[str, tuple[Leak, ...]]:
    """The text without its secrets, and their kinds and lines, from 1 on."""
    parts: list[str] = []
    leaks: list[Leak] = []
    end = 0
    for start, stop, kind in sorted(_spans(text)):
        if start >= end:
            parts += [text[end:start], LEFT_OUT]
            leaks.append(Leak(kind, text.count("\n", 0, start) + 1))
        end = max(end, stop)  # of two that overlap, both are left out whole
    return "".join([*parts, text[end:]]), tuple(leaks)


def _spans(text: str) -> Iterator[tuple[int, int, str]]:
    """The start, end and kind of each secret, in no order."""
    for kind, hints, pattern in _COMPILED:
        if any(hint in text for hint in hints):
            for match in pattern.finditer(text):
                if not match[0].endswith("EXAMPLE"):  # as in AWS's documentation
                    yield *match.span(), kind
    for at in _places(text, "://"):
        address = _IN_URL.match(text, at)
        if address and not _PLACEHOLDER.search(address[1]):
            yield *address.span(1), "password in an address"
    small = text.translate(_SMALL)
    for name in _NAMES:
        for at in _places(small, name):
            value = _VALUE.match(text, at)
            if value and _is_random(value[1].rstrip(".)")):
                yield *value.span(1), "password or key"


def _places(text: str, word: str) -> Iterator[int]:
    """The end of each occurrence of a word."""
    at = text.find(word)
    while at >= 0:
        yield at + len(word)
        at = text.find(word, at + len(word))


def _is_random(value: str) -> bool:
    """Whether a value mixes letters and digits as no word, path or placeholder does."""
    if not _MIXED.search(value) or _PLACEHOLDER.search(value):
        return False
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares) >= _RANDOM_BITS
