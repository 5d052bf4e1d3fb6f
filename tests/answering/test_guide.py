"""StackBot's own guide answers what people ask about it, with no model at all."""

from pathlib import Path

import pytest

from bot.answering.answerer import ModelSettings, create_answerer
from tests.answering.conftest import Ask, asking, index_of

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(scope="module")
def ask_guide() -> Ask:
    files = {path.name: path.read_text(encoding="utf-8") for path in KNOWLEDGE.glob("*.md")}
    return asking(create_answerer(ModelSettings("extractive"), index_of(files)))


@pytest.mark.parametrize(
    ("question", "says", "file"),
    [
        ("How do I deploy to staging?", "./stackbot deploy staging", "deploying.md"),
        ("How do I deploy to prod?", "./stackbot deploy prod", "deploying.md"),
        ("What is StackBot?", "Slack bot template in Python", "about.md"),
        ("How do I run it on my machine?", "./stackbot local", "running-locally.md"),
        ("How do I choose another port?", "--port", "running-locally.md"),
        ("How do I ask a question from the terminal?", "--ask", "running-locally.md"),
        ("Do I have to mention the bot in a direct message?", "no mention", "asking.md"),
        ("What files can it read?", "PDF", "asking.md"),
        ("How large may a file be?", "1 MB", "asking.md"),
        ("Can it read Excel files?", "cannot read Word, Excel", "asking.md"),
        ("Can it see pictures?", "`model_sees`", "changing.md"),
        ("Which environments are there?", "`local`, `dev`, `staging` and `prod`", "deploying.md"),
        ("Is hotswap allowed in prod?", "never hotswap", "deploying.md"),
        ("How can I use Ollama?", "OPENAI_BASE_URL", "changing.md"),
        ("How do I add documents?", "`knowledge/`", "changing.md"),
        ("Where do I change the instructions?", "instructions.md", "changing.md"),
        ("How do I add a listener?", "bot/listeners/", "changing.md"),
        ("How do I run the tests?", "./stackbot test", "changing.md"),
        ("What does an answer cost?", "$0.0004", "costs.md"),
        ("Where are the secrets kept?", "SSM", "security.md"),
        ("How long is data kept?", "30 days", "security.md"),
        ("What happens when the model fails?", "tries once more", "how-it-works.md"),
        ("How does a question travel?", "queue", "how-it-works.md"),
        ("Why does StackBot not answer?", "member of the channel", "troubleshooting.md"),
    ],
)
def test_the_guide_answers(ask_guide: Ask, question: str, says: str, file: str) -> None:
    answer = ask_guide(question)
    assert says in answer.text
    assert file in [source.file for source in answer.sources]
    assert len(answer.text) < 1_000


@pytest.mark.parametrize(
    ("follow_up", "says"), [("and to prod?", "deploy prod"), ("And to dev?", "deploy dev")]
)
def test_the_guide_answers_a_follow_up(ask_guide: Ask, follow_up: str, says: str) -> None:
    assert (
        says
        in ask_guide(
            follow_up, "How do I deploy to staging?", "Run ./stackbot deploy staging."
        ).text
    )


@pytest.mark.parametrize(
    "question", ["Who is the CEO?", "What is the wifi password?", "How do I cook pasta?"]
)
def test_the_guide_does_not_pretend(ask_guide: Ask, question: str) -> None:
    assert ask_guide(question).text.startswith("I could not find")
