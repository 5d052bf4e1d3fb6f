"""Everything without a mouse, and read aloud."""

from playwright.sync_api import Page, expect

from tests.page.bot import PageBot
from tests.page.screen import main, thread, write


def test_a_question_is_asked_and_followed_up_from_the_keyboard_alone(page: Page) -> None:
    expect(page.get_by_role("textbox", name="Message #general")).to_be_focused()
    page.keyboard.type("@stack")
    page.keyboard.press("Tab")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Reply in the thread")).to_be_focused()
    page.keyboard.type("@StackBot a table")
    page.keyboard.press("Enter")
    expect(thread(page).get_by_role("table")).to_be_visible()
    page.keyboard.press("Escape")
    expect(thread(page)).to_be_hidden()
    expect(page.get_by_role("textbox", name="Message #general")).to_be_focused()


def test_control_k_jumps_to_a_channel_by_a_few_letters(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("ran")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Message #random")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Message #help")).to_be_visible()


def test_arrows_walk_the_places_and_the_messages(page: Page) -> None:
    write(page, "one")
    write(page, "@StackBot two")
    expect(thread(page)).to_contain_text("Here you are.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="general").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="help")).to_be_focused()
    messages = main(page).get_by_role("article")
    messages.nth(1).focus()
    page.keyboard.press("ArrowUp")
    expect(messages.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(thread(page)).to_contain_text("Here you are.")


def test_tab_reaches_every_control_and_each_has_a_name(page: Page) -> None:
    write(page, "@StackBot show blocks")
    expect(thread(page).get_by_role("button", name="Open the form")).to_be_visible()
    missed = page.evaluate(
        """() => {
          const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled;
          const controls = [...document.querySelectorAll("button, select, input, textarea, a")];
          return controls.filter(shown).filter((e) => e.tabIndex < 0).map((e) => e.outerHTML);
        }"""
    )
    assert missed == []
    unnamed = page.get_by_role("button", name="", exact=True)
    expect(unnamed).to_have_count(0)


def test_focus_can_be_seen(page: Page) -> None:
    page.get_by_role("textbox", name="Message #general").focus()
    page.keyboard.press("Shift+Tab")
    focused = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(focused) == "solid"


def test_a_finished_answer_is_read_aloud(page: Page, bot: PageBot) -> None:
    write(page, "@StackBot hold on")
    expect(thread(page)).to_contain_text("The first half,")
    voice = page.locator("[aria-live=polite]")
    expect(voice).to_be_empty()
    bot.go.set()
    expect(voice).to_contain_text("StackBot: The first half, and the second.")
