"""Several people at one screen: each sees what is theirs."""

from playwright.sync_api import Page, expect

from slack_simulator import Control
from tests.page.conftest import OpenPage
from tests.page.screen import act_as, go, main, thread, write


def test_messages_come_from_whoever_one_acts_as(page: Page, slack: Control) -> None:
    act_as(page, "Ben Sørensen")
    write(page, "Hello from Ben")
    expect(main(page).get_by_role("article")).to_contain_text("Ben Sørensen")
    assert [message.user for message in slack.messages("#general")] == ["U0BEN"]


def test_a_stranger_sees_only_the_shared_channel(page: Page) -> None:
    act_as(page, "Dmitri Vale")
    places = page.get_by_role("navigation", name="Places").get_by_role("region", name="Channels")
    expect(places.get_by_role("button")).to_have_text(["help"])
    expect(page.get_by_role("textbox", name="Message #help")).to_be_visible()


def test_an_ephemeral_message_is_for_one_pair_of_eyes(page: Page) -> None:
    write(page, "@StackBot whisper")
    expect(thread(page)).to_contain_text("Only visible to you")
    expect(thread(page)).to_contain_text("Only you read this.")
    act_as(page, "Chiyo Tanaka")
    expect(thread(page).get_by_role("article")).to_have_count(1)
    expect(thread(page)).not_to_contain_text("Only you read this.")


def test_a_dot_tells_of_what_one_has_not_read(page: Page, slack: Control) -> None:
    expect(page.get_by_role("textbox", name="Message #general")).to_be_visible()
    slack.say("chiyo", "#help", "Does anybody know?")
    entry = page.get_by_role("button", name="help unread")
    expect(entry).to_be_visible()
    entry.click()
    expect(main(page)).to_contain_text("Does anybody know?")
    go(page, "general")
    expect(entry).to_have_count(0)


def test_two_windows_are_two_people_in_one_channel(open_page: OpenPage) -> None:
    ada, chiyo = open_page(), open_page()
    act_as(chiyo, "Chiyo Tanaka")
    write(ada, "@StackBot hello")
    chiyo.get_by_role("button", name="1 reply").click()
    expect(thread(chiyo)).to_contain_text("Here you are.")


def test_direct_messages_are_between_one_person_and_the_bot(page: Page) -> None:
    go(page, "StackBot")
    page.get_by_role("textbox", name="Message StackBot").fill("A secret")
    page.keyboard.press("Enter")
    expect(thread(page)).to_contain_text("Here you are.")
    act_as(page, "Chiyo Tanaka")
    expect(page.get_by_text("A secret")).to_have_count(0)
