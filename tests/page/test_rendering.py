"""What the bot writes, drawn: Markdown, Block Kit, and nothing that could do harm."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.page.bot import PageBot
from tests.page.screen import thread, write

TO_HTML = """async (text) => {
  const { markdown } = await import("/page/blocks/markdown.js");
  const box = document.createElement("div");
  box.append(...markdown(text).filter(Boolean));
  return box.innerHTML;
}"""


def test_script_in_a_message_stays_text(page: Page) -> None:
    write(page, "@StackBot something nasty <img src=x onerror=\"document.title='owned'\">")
    expect(thread(page)).to_contain_text("<script>document.title='owned'</script>")
    expect(thread(page)).to_contain_text("<img src=x onerror=")
    expect(page.locator("img, script:not([src])")).to_have_count(0)
    expect(thread(page).locator(".block-markdown").get_by_role("link")).to_have_count(0)
    expect(page).to_have_title("StackBot · Stack Works")


def test_links_open_elsewhere_and_tell_nothing(page: Page) -> None:
    write(page, "@StackBot deploy")
    link = thread(page).get_by_role("link", name="the guide")
    expect(link).to_have_attribute("href", "https://example.com/deploying?a=1&b=2")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")


def test_sources_are_links_with_their_numbers_and_dates(page: Page) -> None:
    write(page, "@StackBot deploy")
    below = thread(page).locator(".block-context")
    expect(below).to_contain_text(
        "[1] Deploying \u203a To <staging> \u00a6 prod & more, 3 Mar 2026"
    )
    expect(below).to_contain_text("[3] Costs \u203a When idle")
    expect(below.get_by_role("link")).to_have_count(2)
    link = below.get_by_role("link", name="Deploying")
    expect(link).to_have_attribute("href", "https://wiki.example/deploying?a=1&b=2%7C3")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_code_keeps_its_form_and_can_be_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    write(page, "@StackBot deploy")
    code = thread(page).get_by_role("figure")
    expect(code).to_contain_text("--follow   # if (a < b && c > d)")
    code.get_by_role("button", name="Copy").click()
    expect(code).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("./stackbot deploy staging\n./stackbot logs")


def test_tables_and_nested_lists_are_drawn(page: Page) -> None:
    write(page, "@StackBot show a table")
    table = thread(page).get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["environment", "alarms", "on destroy"])
    expect(table.get_by_role("row").nth(3)).to_contain_text("kept | guarded")
    expect(thread(page).locator("ul ul ol li")).to_have_text(["claims", "budgets"])
    expect(thread(page).get_by_role("checkbox", checked=True)).to_have_count(1)
    expect(thread(page).locator(".notes")).to_have_text("With point-in-time recovery.")


def test_block_kit_is_drawn(page: Page, bot: PageBot) -> None:
    write(page, "@StackBot show blocks")
    expect(thread(page).get_by_role("heading", name="Release 12 🚀")).to_be_visible()
    expect(thread(page).locator("strong", has_text="Bold")).to_be_visible()
    expect(thread(page).get_by_text("@Ada Okafor")).to_be_visible()
    expect(thread(page).locator("blockquote")).to_have_text("quoted")
    expect(thread(page).get_by_role("img", name="A chart")).to_be_visible()
    expect(thread(page).get_by_role("cell", name="2.4")).to_be_visible()
    thread(page).get_by_role("combobox", name="Pick one").select_option("Prod")
    assert bot.actions.get(timeout=5)["selected_option"]["value"] == "prod"


def test_the_steps_of_an_answer_are_shown_with_their_sources(page: Page, bot: PageBot) -> None:
    write(page, "@StackBot do tasks and hold")
    expect(thread(page).get_by_role("img", name="under way")).to_be_visible()
    expect(thread(page).get_by_role("link", name="Handbook")).to_be_visible()
    bot.go.set()
    expect(thread(page).get_by_role("img", name="done")).to_have_count(2)


def test_feedback_is_sent_and_shown(page: Page, bot: PageBot) -> None:
    write(page, "@StackBot hello")
    thread(page).get_by_role("button", name="Good answer").click()
    assert bot.actions.get(timeout=5)["value"] == "good"
    good = thread(page).get_by_role("button", name="Good answer")
    expect(good).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a** *b* ~~c~~ `d`", "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>"),
        ("***both*** snake_case_name", "<p><strong><em>both</em></strong> snake_case_name</p>"),
        ("2 * 3 * 4 and **open", "<p>2 * 3 * 4 and **open</p>"),
        (
            "**bold with *italic* inside**",
            "<p><strong>bold with <em>italic</em> inside</strong></p>",
        ),
        (r"\*plain\* \`code\`", "<p>*plain* `code`</p>"),
        (
            "`a ** b` **c `d**` e**",
            "<p><code>a ** b</code> <strong>c <code>d**</code> e</strong></p>",
        ),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("# A #\n###### B", "<h3>A</h3><h6>B</h6>"),
        ("- a\n- b\n\n  more\n- c", "<ul><li>a</li><li>b<p>more</p></li><li>c</li></ul>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
        (
            "1. a\n   - b\n   - c\n2. d",
            "<ol><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ol>",
        ),
        ("> a\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("A\n===\nB\n---\nc", "<h3>A</h3><h4>B</h4><p>c</p>"),
        ("&lt;b&gt; &amp;amp; &copy;", "<p>&lt;b&gt; &amp;amp; &amp;copy;</p>"),
        ("a | b\nnot a table", "<p>a | b<br>not a table</p>"),
        (":rocket: :unknown: 10:30:00", "<p>🚀 :unknown: 10:30:00</p>"),
        ("[x](javascript:alert(1))", "<p><span>x</span></p>"),
    ],
)
def test_markdown_is_read_as_slack_reads_it(drawing: Page, text: str, html: str) -> None:
    shown = drawing.evaluate(TO_HTML, text)
    assert re.sub(r' class="[^"]*"', "", shown) == html


def test_a_date_shows_in_the_readers_own_words(drawing: Page) -> None:
    shown = drawing.evaluate(
        """async (text) => {
          const { inline } = await import("/page/blocks/inline.js");
          return inline(text, "mrkdwn").map((node) => node.textContent ?? node).join("");
        }""",
        "Updated <!date^1577880000^{date_short_pretty} at {time}|once>.",
    )
    assert re.fullmatch(r"Updated .*January.* at \d\d:00.*\.", shown)


def test_any_prefix_of_an_answer_can_be_drawn(drawing: Page) -> None:
    """Streams stop anywhere: half a fence, half a table, half a link."""
    text = "# T\n\n| a | b |\n|---|---|\n| [x](https://e.com) | `c` |\n\n- **b** [^1]\n\n```py\n1"
    sizes = drawing.evaluate(
        """async (text) => {
          const { markdown } = await import("/page/blocks/markdown.js");
          const words = (n) => markdown(text.slice(0, n)).filter(Boolean).map((e) => e.textContent);
          return [...text].map((_, n) => words(n).join("").length);
        }""",
        text,
    )
    assert len(sizes) == len(text)


def test_a_wall_of_open_marks_is_drawn_at_once(drawing: Page) -> None:
    wall = "*a **b _c [d ` ![" * 700
    took = drawing.evaluate(
        """async (text) => {
          const { markdown } = await import("/page/blocks/markdown.js");
          const start = performance.now();
          markdown(text);
          return performance.now() - start;
        }""",
        wall,
    )
    assert took < 1000
