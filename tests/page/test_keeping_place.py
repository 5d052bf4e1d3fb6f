"""A reload, a reset, a theme: what the page remembers, and what it learns anew."""

from playwright.sync_api import Page, expect

from slack_simulator import Control
from tests.page.conftest import OpenPage
from tests.page.screen import act_as, go, main, thread, write

GROUND = "getComputedStyle(document.body).backgroundColor"


def test_a_reload_keeps_the_place(page: Page) -> None:
    act_as(page, "Chiyo Tanaka")
    go(page, "help")
    write(page, "@StackBot hello", "help")
    expect(thread(page)).to_contain_text("Here you are.")
    page.reload()
    expect(page.get_by_role("textbox", name="Message #help")).to_be_visible()
    expect(page.get_by_role("radio", name="Chiyo Tanaka")).to_be_checked()
    expect(thread(page)).to_contain_text("Here you are.")


def test_a_reset_workspace_is_shown_empty(page: Page, slack: Control) -> None:
    write(page, "@StackBot hello")
    expect(thread(page)).to_contain_text("Here you are.")
    slack.reset()
    expect(main(page)).to_contain_text("Ask StackBot something")
    expect(thread(page)).to_be_hidden()


def test_a_lost_connection_is_said_and_made_up_for(page: Page, slack: Control) -> None:
    expect(page.get_by_role("textbox", name="Message #general")).to_be_visible()
    page.route("**/control/**", lambda route: route.abort())
    page.reload()
    expect(page.get_by_text("The simulator does not answer")).to_be_visible()
    slack.say("chiyo", "#general", "While you were away")
    page.unroute_all()
    expect(main(page)).to_contain_text("While you were away")
    expect(page.get_by_text("The simulator does not answer")).to_be_hidden()


def test_the_theme_follows_the_system_until_somebody_chooses(open_page: OpenPage) -> None:
    page = open_page(color_scheme="dark")
    page.get_by_role("button", name="Switch to light").wait_for()
    assert page.evaluate(GROUND) == "rgb(25, 28, 32)"
    page.get_by_role("button", name="Switch to light").click()
    page.get_by_role("button", name="Switch to dark").wait_for()
    page.reload()
    page.get_by_role("button", name="Switch to dark").wait_for()
    assert page.evaluate(GROUND) == "rgb(255, 255, 255)"


def test_a_small_screen_shows_one_thing_at_a_time(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="Channels").click()
    go(page, "help")
    write(page, "@StackBot show a table", "help")
    expect(thread(page).get_by_role("table")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Close the panel").click()
    expect(page.get_by_role("textbox", name="Message #help")).to_be_visible()


def test_a_long_conversation_is_shown_from_its_end_until_somebody_scrolls(
    page: Page, slack: Control
) -> None:
    for number in range(30):
        slack.say("chiyo", "#help", f"Message {number}")
    page.get_by_role("button", name="help unread").click()
    expect(main(page).get_by_text("Message 29")).to_be_in_viewport()
    slack.say("chiyo", "#help", "One more")
    expect(main(page).get_by_text("One more")).to_be_in_viewport()
    main(page).get_by_text("Message 3", exact=True).scroll_into_view_if_needed()
    slack.say("chiyo", "#help", "And another")
    expect(main(page).get_by_text("And another")).to_be_attached()
    expect(main(page).get_by_text("And another")).not_to_be_in_viewport()
