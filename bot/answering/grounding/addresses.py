"""Finds what Slack might make clickable, and tells when two spellings are one address.

What Slack links is documented nowhere; it is known to link `table.id`. So everything counts that
could be an address by the public suffix list, up to the next space: docs/decisions/0035.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_LETTER = (
    r"0-9A-Za-z\u00c0-\u1fff\u2070-\u2dff\u3040-\ufdff\ufe70-\ufeff"
    r"\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc\U00010000-\U000dffff"
)
"""What a label of a host consists of: letters, digits, marks and emoji of all scripts."""
_LABEL = rf"[{_LETTER}][{_LETTER}-]{{0,62}}"
_HOST = rf"(?:{_LABEL}\.){{1,20}}{_LABEL}"
_MORE = r"[^\s<>\"`|]"
_ADDRESS = (
    rf"(?P<scheme>[A-Za-z0-9+.-]{{0,40}}:/{{2,}}{_MORE}*)"  # https://x.example/, hxxp://[::1]:8/
    r"|(?<![A-Za-z0-9])(?P<bare>(?:mailto|tel|sms|callto|facetime|skype|slack|javascript|vbscript"
    rf"|data):{_MORE}+)"  # tel:+49401
    rf"|(?P<mail>(?!_)[\w.!#$%&'+/=?^{{}}-]{{1,64}}@(?:{_LABEL}\.){{1,20}}(?!\d){_LABEL}"
    rf"(?:\?{_MORE}*)?)"  # it@x.example, but not react@18.2.0
    r"|(?<![0-9A-Za-z_.])(?P<ip>\d{1,3}(?:\.\d{1,3}){3}(?![0-9A-Za-z_.]*\d))"  # 203.0.113.7
    rf"(?P<after_ip>(?::\d{{1,5}})?(?:[/?#]{_MORE}*)?)"  # :8080/x?d=1
    rf"|(?P<host>{_HOST})(?P<after_host>\.?(?::\d{{1,5}})?(?:[/?#]{_MORE}*)?)"  # x.example/y
    r"|(?<![0-9A-Za-z_.:@/-])(?P<port>[A-Za-z][A-Za-z0-9-]{0,62}:(?:80|443|\d{4,5}))"  # web:8080
    r"(?![0-9A-Za-z_.])"
    rf"(?P<after_port>(?:[/?#]{_MORE}*)?)"
)
_RESERVED = {
    "example", "test", "invalid", "local", "internal", "localhost", "lan", "corp", "home",
    "intranet", "onion",
}  # fmt: skip
"""Top-level names without public suffixes (RFC 6761, 2606; RFC 6762, appendix G): they count where
a path or a port follows."""
_OF_CODE = {
    "md", "py", "rs", "sh", "zip", "mov", "pl", "pm", "ps", "so", "cc", "mm", "mk", "ml", "st",
    "tf", "la", "pub", "dot", "cab",
    "id", "name", "host", "run", "date", "as", "is", "to", "call", "show", "open", "select",
    "click", "post", "read", "search", "data", "new", "now", "fit", "email", "phone", "link",
    "style", "group", "zone", "map", "page", "total", "foo", "bar",
}  # fmt: skip
"""Top-level domains that files end with (README.md, app.py, setup.sh), and that programs call their
parts by (event.id, user.name, request.host)."""
_PRODUCTS = {
    "asp.net", "ado.net", "vb.net", "ml.net", "system.net", "system.io", "socket.io",
}  # fmt: skip
"""Names of software that are domains as well: where nothing follows, the software is meant."""
GLUED = re.compile("(?<=[^\x00-\u2e7f])[0-9A-Za-z].*", re.DOTALL)  # このgoogle.com
_GLUED_END = re.compile("(?<=[\x00-\u2e7f])(?<!\\.)\\.?[^\x00-\u2e7f][^.]*$")  # google.comは
_LINE = re.compile(r"\.?(?::\d{1,5}|#[\w-]{1,40})?")  # main.rs:42, README.md#install
_NETWORK = re.compile(r"(?:/\d{1,2})?")  # 10.0.0.0/8
TRAILING = ".,;:!?'\"*_~)]}\u00bb\u201d\u2019"
Kind = Literal["link", "name"]


@dataclass(frozen=True, slots=True)
class Address:
    """A part of a text that Slack might link. A `name` is more likely a file's or a program's."""

    start: int
    text: str
    kind: Kind

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def warm_up() -> None:
    """Compile the pattern of addresses and read the public suffix list, which takes 70 ms once."""
    _pattern()
    _suffixes()


def addresses(text: str) -> Iterator[Address]:
    """All addresses of a text, in order."""
    position = 0
    while address := first(text, position):
        yield address
        position = address.end


def first(text: str, position: int = 0) -> Address | None:
    """The first address of a text from a position on."""
    pattern = _pattern()
    while match := pattern.search(text, position):
        if kind := _kind(match):
            return Address(match.start(), match[0], kind)
        position = max(_behind_no_address(match), match.start() + 1)
    return None


def _behind_no_address(match: re.Match[str]) -> int:
    """Where the search goes on: an address may stand within a match that is none.

    Node.js/evil.com; この203.0.113.7, since Japanese needs no space.
    """
    glued = GLUED.search(match[0]) if match[0][0] > "\x7f" else None
    if glued:
        return match.start() + glued.start()
    return match.end("host") if match["host"] else match.end()


def _kind(match: re.Match[str]) -> Kind | None:
    """The kind of a match; None if it is no address: 3.9, e.g, Node.js."""
    if match["ip"]:
        if not all(int(part) < 256 for part in match["ip"].split(".")):
            return None
        return "name" if _NETWORK.fullmatch(trimmed(match["after_ip"])) else "link"
    if match["port"]:
        return "link" if match["after_port"] else "name"
    if not match["host"]:
        return "link"
    host, after = match["host"].lower(), match["after_host"]
    host = host if _is_public(host) else _GLUED_END.sub("", host)
    last = host.rsplit(".", 1)[-1]
    if not _is_public(host) and not (host.startswith("www.") and host.count(".") > 1):
        return "link" if last in _RESERVED and after.strip(".") else None
    if not _LINE.fullmatch(trimmed(after)):
        return "link"
    if last in _OF_CODE:
        in_path = match.start() and match.string[match.start() - 1] == "/"
        return None if in_path else "name"
    return "name" if host in _PRODUCTS and not after.strip(".") else "link"


def _is_public(host: str) -> bool:
    """Whether a host ends with a public suffix (https://publicsuffix.org)."""
    return _suffixes().publicsuffix(host) is not None


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(_ADDRESS)


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)


def trimmed(address: str) -> str:
    """An address without the punctuation and the Markdown that follow it in a sentence."""
    while address and address[-1] in TRAILING:
        if address[-1] in ")]}" and _is_balanced(address, address[-1]):
            break
        address = address[:-1]
    return address


def _is_balanced(address: str, closing: str) -> bool:
    opening = {")": "(", "]": "[", "}": "{"}[closing]
    return address.count(opening) >= address.count(closing)


def key(address: str) -> str:
    """The normal form of an address, equal for two spellings of it (RFC 3986, section 6.2)."""
    address = unicodedata.normalize("NFC", address.replace("&amp;", "&"))
    if "://" not in address and re.match(r"(?i)mailto:|[^/?#]*@", address):
        return f"mailto:{address.removeprefix('mailto:').casefold()}"
    if re.match(r"(?i)(?!\w+\.)[a-z]+:(?!//|\d)", address):  # tel:+49401, but not web:8080
        return address
    scheme, _, rest = address.rpartition("://") if address.count("://") == 1 else ("", "", address)
    try:
        parts = urlsplit(f"//{rest}" if scheme or "://" not in address else address)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        return address
    scheme = scheme.lower()
    default = {"": 80, "http": 80, "https": 443}.get(scheme)
    if port and port != default:
        host += f":{port}"
    person, at, _ = parts.netloc.rpartition("@")
    path, query, fragment = map(_encoded, (parts.path, parts.query, parts.fragment))
    family = "web" if scheme in ("", "http", "https") else scheme
    return f"{family}://{person}{at}{host}{path.rstrip('/')}?{query}#{fragment}"


def _ascii(host: str) -> str:
    """A host as the domain name system spells it: `müller.example` is `xn--mller-kva.example`."""
    host = unicodedata.normalize("NFKC", host).lower().rstrip(".")
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _encoded(part: str) -> str:
    """Percent-encoded where it has to be, and nowhere else: `K%C3%A4se%2dA` for `Käse-A`."""

    def plain(code: re.Match[str]) -> str:
        character = unquote(code[0])
        unreserved = character.isascii() and (character.isalnum() or character in "-._~")
        return character if unreserved else code[0].upper()

    safe = "".join(map(chr, range(0x21, 0x7F)))
    return re.sub("%[0-9A-Fa-f]{2}", plain, quote(part, safe=safe))
