"""Modals, App Home, the agent's pane and its prompts."""

from playwright.sync_api import Page, expect

from slack_simulator import Control
from tests.page.screen import go, main, thread, write


def _open_form(page: Page) -> None:
    write(page, "@StackBot show blocks")
    thread(page).get_by_role("button", name="Open the form").click()
    expect(page.get_by_role("dialog", name="Report a problem")).to_be_visible()


def test_a_modal_is_filled_in_corrected_and_sent(page: Page) -> None:
    _open_form(page)
    form = page.get_by_role("dialog", name="Report a problem")
    form.get_by_label("What happened?").fill("bad")
    form.get_by_label("Where?").select_option("Prod")
    form.get_by_label("Email").check()
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("alert")).to_have_text("Say a little more.")
    form.get_by_label("What happened?").fill("The build failed")
    form.get_by_role("button", name="Send").click()
    expect(form).to_be_hidden()
    expect(thread(page)).to_contain_text("Reported for prod by ['email']: The build failed")


def test_a_modal_that_does_not_reach_the_bot_stays_and_says_so(page: Page, slack: Control) -> None:
    _open_form(page)
    slack.fault("delivery", "status", "view_submission", status=500)
    form = page.get_by_role("dialog", name="Report a problem")
    form.get_by_label("What happened?").fill("The build failed")
    form.get_by_label("Where?").select_option("Prod")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("alert")).to_have_text("StackBot could not be reached. Try again.")
    expect(form.get_by_role("button", name="Send")).to_be_enabled()


def test_escape_closes_a_modal(page: Page, slack: Control) -> None:
    _open_form(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Report a problem")).to_be_hidden()
    assert slack.views("ada") == []
    expect(thread(page)).to_be_visible()


def test_app_home_shows_what_the_bot_published_and_its_buttons_work(page: Page) -> None:
    go(page, "Home")
    expect(main(page).get_by_role("heading", name="Good to see you")).to_be_visible()
    main(page).get_by_role("button", name="Count again").click()
    expect(main(page)).to_contain_text("You have asked one.")


def test_direct_messages_offer_the_bots_prompts(page: Page) -> None:
    go(page, "StackBot")
    main(page).get_by_role("button", name="Draw a table").click()
    expect(thread(page)).to_contain_text("Show me a table")
    expect(thread(page).get_by_role("table")).to_be_visible()


def test_the_agents_pane_answers_beside_the_channel_it_sees(page: Page, slack: Control) -> None:
    go(page, "help")
    go(page, "Ask StackBot")
    pane = page.get_by_role("complementary", name="StackBot")
    expect(pane).to_contain_text("sees #help")
    pane.get_by_role("button", name="Explain a deployment").click()
    expect(pane).to_contain_text("from a clean checkout")
    expect(page.get_by_role("textbox", name="Message #help")).to_be_visible()
    pane.get_by_role("combobox", name="Chats").select_option("New chat")
    expect(pane.get_by_role("button", name="Draw a table")).to_be_visible()
    [seen] = slack.deliveries("app_context_changed")[:1]
    assert seen.body["event"]["context"]["entities"][0]["value"] == "C0HELP"


def test_a_message_shortcut_is_offered_beside_the_message(page: Page) -> None:
    write(page, "Is Friday off?")
    message = main(page).get_by_role("article")
    message.hover()
    message.get_by_role("button", name="Ask about this").click()
    message.get_by_role("button", name="1 reply").click()
    expect(thread(page)).to_contain_text("You chose a shortcut.")
