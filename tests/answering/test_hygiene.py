"""What nobody sees, and what models take for their own, reaches neither a model nor people."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import Question, Source, TextFile, Turn
from bot.answering.hygiene import VisibleText, visible
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.tools.tool import tool
from bot.markdown import SlackMarkdown
from slack_simulator.scripted_model import ModelServer
from tests.answering.conftest import Answer

TAGS = "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
HIDDEN = {
    "tags": f"a{TAGS}b",  # https://www.unicode.org/charts/PDF/UE0000.pdf
    "zero-width space": "a\u200bb",
    "joiners between Latin letters": "a\u200cb\u200dc",
    "word joiner": "a\u2060b",
    "byte order mark": "\ufeffa\ufeffb",
    "soft hyphen": "a\u00adb",
    "bidi overrides": "a\u202eb\u202c\u2066c\u2069",
    "direction marks without such a script": "a\u200eb\u200f",
    "invisible operators": "a\u2062b\u2064",
    "Hangul fillers": "a\u3164b\uffa0",
    "variation selectors that carry bytes": "\u263a\ufe0f\ufe01\ufe02\U000e0101\U000e01ef!",
    "variation selectors on letters": "a\ufe0fb\U000e0100",
    "tags that spell no flag": f"\U0001f3f4{TAGS}\U000e007f.",
    "tags behind a flag": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    + TAGS,
    "annotations": "a\ufff9b\ufffac\ufffb",
    "control characters": "a\x00b\x1b[31mc\x7f\x9b",
}
NEEDED = [
    # https://www.unicode.org/Public/emoji/latest/emoji-zwj-sequences.txt and emoji-sequences.txt
    "👩‍👩‍👧‍👦", "👩🏽‍💻", "🏳️‍🌈", "❤️‍🔥", "🧑‍🚀", "☺️ ☺︎", "1️⃣ #️⃣ *️⃣", "👁️‍🗨️", "©️ ™️ ↔️ ‼️",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🇩🇪",
    # Persian, Devanagari, Malayalam, Sinhala, Bengali: core specification, chapters 9, 12, 23
    "می‌خواهم", "نامه‌ای", "क्‍ष", "क्‌ष", "നിന്‍", "ശ്‌മ", "ශ්‍රී", "র‌্য", "ക്‍",
    # Mongolian and ideographic variants, and the marks of Hebrew and Arabic
    "ᠠ᠋ᠨ", "葛\U000e0100城", "עברית‏! א‎.", "ا؜1",
    "e\u0301 n\u0303 \t\n\r\n\u00a0\u2009\u3000",
]  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_what_nobody_sees_is_taken_out(name: str) -> None:
    shown = visible(HIDDEN[name])
    kept = {"\ufe0f"} if "\u263a" in shown else set(FLAG)
    hidden = [
        c for c in shown if unicodedata.category(c) in ("Cf", "Cc") or "\ufe00" <= c <= "\ufe0f"
    ]
    assert set(hidden) <= kept
    assert len(shown) < len(HIDDEN[name])
    assert [c for c in HIDDEN[name] if c.isalpha() and c.isascii()] == [
        c for c in shown if c.isascii() and c.isalpha()
    ]


FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize("text", NEEDED)
def test_what_emoji_flags_and_scripts_need_stays(text: str) -> None:
    assert visible(text) == text
    assert piecewise(text, 1) == text


_ALPHABET = st.sampled_from(
    [
        *"a1 .\n",
        *TAGS,
        *"\u200b\u200c\u200d\ufe0f\ufe01\u202e\u200f\U000e007f",
        *FLAG,
        *"👩💻☺میक्🏽אا葛",
    ]
)


@settings(deadline=None, derandomize=True, max_examples=500)
@given(st.lists(_ALPHABET, max_size=20).map("".join), st.integers(1, 5))
def test_no_cut_changes_what_is_visible(text: str, piece: int) -> None:
    assert piecewise(text, piece) == visible(text)
    assert visible(visible(text)) == visible(text) or "\U0001f3f4" in text


def piecewise(text: str, piece: int) -> str:
    stream = VisibleText()
    pieces = [text[start : start + piece] for start in range(0, len(text), piece)]
    return "".join(map(stream.feed, pieces)) + stream.finish()


TOKENS = [
    # OpenAI, https://github.com/openai/tiktoken (tiktoken_ext/openai_public.py), and harmony:
    # https://github.com/openai/harmony/blob/main/docs/format.md
    "<|endoftext|>", "<|fim_prefix|>", "<|endofprompt|>", "<|start|>", "<|channel|>", "<|message|>",
    "<|end|>", "<|return|>", "<|call|>", "<|constrain|>",
    # Qwen, tokenizer_config.json of Qwen3
    "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<tool_call>", "</tool_call>", "<think>",
    # Meta, https://github.com/meta-llama/llama-models (models/llama3/tokenizer.py), and Llama 2
    "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|python_tag|>",
    "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>",
    # Mistral, https://github.com/mistralai/mistral-common (tokens/tokenizers/base.py)
    "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]", "[TOOL_CALLS]", "[SYSTEM_PROMPT]",
    "<unk>", "<pad>", "[IMG]", "[PREFIX]",
    # Google, tokenizer_config.json of Gemma 3 and 4
    "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<|turn>", "<turn|>", "<|channel>",
    '<|"|>',
    # DeepSeek V3, Cohere Command R, GLM-4, Phi-4, Granite: their tokenizer_config.json
    "<｜User｜>", "<｜end▁of▁sentence｜>", "<｜tool▁calls▁begin｜>", "<|START_OF_TURN_TOKEN|>",
    "<BOS_TOKEN>", "[gMASK]", "<sop>", "<|user|>", "<|im_sep|>", "<|start_of_role|>",
]  # fmt: skip


@tool("Looking", "Looked", seconds=5)
def look() -> str:
    """Look."""
    return f"Seen: {PLANTED}"


PLANTED = "".join(TOKENS) + f" a{TAGS}\u200b\u202eb"


@pytest.mark.parametrize("where", ["question", "thread", "document", "title", "file", "tool"])
def test_no_model_reads_them_wherever_they_stand(model: ModelServer, where: str) -> None:
    planted = dict.fromkeys(("question", "thread", "document", "title", "file"), "Is Friday off?")
    planted[where] = PLANTED
    index = Index.of(
        [Passage(Source(planted["title"], "a.md"), f"Is Friday off? {planted['document']}")]
    )
    question = Question(
        f"Is Friday off? {planted['question']}",
        history=(Turn("user", planted["thread"]), Turn("assistant", planted["thread"])),
        files=(TextFile("b.md", planted["file"]),),
    )
    if where == "tool":
        model.will_call("look")
    model.will_say("So [1].")
    answerer = create_answerer(ModelSettings("openai", "scripted", model.url), index, tools=[look])
    list(answerer.answer(question, time.monotonic() + 30))
    read = "".join(str(m["content"]) for request in model.requests for m in request["messages"][1:])
    assert [token for token in TOKENS if token in read] == []
    assert [c for c in read if visible(c) != c] == []
    if where != "title":
        assert "< |im_start|>" in read
        assert "[ INST]" in read


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("piece", [1, 3, 60])
def test_no_answer_shows_them(model: ModelServer, token: str, piece: int) -> None:
    nested = f"{token[:5]}{token}{token[5:]}"
    written = f"{token}Friday is{token} off {token} [1], {nested} ev{token}il.com.{token}"
    shown = answered(model, written, piece)
    assert token not in shown.replace("\\", "").replace("&lt;", "<").replace("&amp;", "&")
    assert "Friday is" in shown
    assert "off [1]," in shown.replace("  ", " ")
    assert "evil.com" not in shown


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("piece", [1, 60])
def test_in_code_they_can_be_told_of(model: ModelServer, token: str, piece: int) -> None:
    broken = f"{token[0]} {token[1:]}"
    for written, shown in {
        f"It is `{broken}` [1].": f"It is `{token}` [1].",
        f"It is `{token}` [1].": f"It is `{token}` [1].",
        f"So [1]:\n```\nx {broken}user\n```\n": f"So [1]:\n```\nx {token}user\n```\n",
    }.items():
        assert answered(model, written, piece).replace("&lt;", "<") == shown


def answered(model: ModelServer, written: str, piece: int) -> str:
    model.forget()
    model.will_say(written, piece=piece)
    index = Index.of([Passage(Source("Fridays", "a.md"), "Friday is off.")])
    answerer = create_answerer(ModelSettings("openai", "scripted", model.url), index)
    text = Answer(tuple(answerer.answer(Question("Is Friday off?"), time.monotonic() + 30))).text
    slack = SlackMarkdown()
    return slack.feed(text) + slack.finish()
