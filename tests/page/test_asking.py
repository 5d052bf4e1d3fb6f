"""People write, and the bot answers."""

from playwright.sync_api import Page, expect

from slack_simulator import Control
from tests.page.bot import PageBot
from tests.page.screen import go, main, reply, thread, write


def test_a_question_typed_in_the_page_is_answered_in_its_thread(page: Page) -> None:
    write(page, "@StackBot How do I deploy to staging?")
    expect(thread(page)).to_contain_text("from a clean checkout")
    expect(thread(page)).to_contain_text("[1] Deploying")
    expect(main(page).get_by_role("button", name="1 reply")).to_be_visible()


def test_an_example_asks_in_general_and_opens_its_thread(page: Page, slack: Control) -> None:
    page.get_by_role("button", name="How does a question travel?").click()
    expect(thread(page)).to_contain_text("Here you are.")
    [question, _] = slack.messages("#general")
    assert question.text == "<@U0SAMPLE> How does a question travel?"


def test_text_appears_while_it_is_being_written(page: Page, bot: PageBot) -> None:
    write(page, "@StackBot hold on")
    expect(thread(page)).to_contain_text("The first half,")
    expect(thread(page).get_by_role("status")).to_have_text("StackBot is working…Stop")
    expect(thread(page)).not_to_contain_text("the second")
    bot.go.set()
    expect(thread(page)).to_contain_text("The first half, and the second.")
    expect(thread(page).get_by_role("status")).to_be_empty()


def test_the_stop_button_ends_an_answer(page: Page) -> None:
    write(page, "@StackBot hold on")
    expect(thread(page)).to_contain_text("The first half,")
    thread(page).get_by_role("button", name="Stop").click()
    expect(thread(page).get_by_text("Stopped")).to_be_visible()
    expect(thread(page).get_by_role("button", name="Stop")).to_have_count(0)
    expect(thread(page)).not_to_contain_text("the second")


def test_a_reply_goes_into_the_thread(page: Page, slack: Control) -> None:
    write(page, "@StackBot hello")
    expect(thread(page)).to_contain_text("Here you are.")
    reply(page, "@StackBot and the table?")
    expect(thread(page).get_by_role("table")).to_be_visible()
    assert {message.thread_ts for message in slack.messages("#general")[1:]} == {
        slack.messages("#general")[0].ts
    }


def test_a_mention_is_completed_while_typing(page: Page) -> None:
    composer = page.get_by_role("textbox", name="Message #general")
    composer.fill("Ask ")
    composer.press_sequentially("@sta")
    expect(page.get_by_role("option", name="StackBot")).to_be_visible()
    composer.press("Enter")
    expect(composer).to_have_value("Ask @StackBot ")
    composer.press_sequentially("@")
    composer.press("ArrowDown")
    composer.press("Tab")
    expect(composer).to_have_value("Ask @StackBot @Ada Okafor ")


def test_a_channel_says_that_it_needs_a_mention_and_inserts_it(page: Page) -> None:
    page.get_by_role("textbox", name="Message #general").fill("hello")
    expect(main(page)).to_contain_text("Channels need a mention")
    main(page).get_by_role("button", name="@StackBot", exact=True).click()
    composer = page.get_by_role("textbox", name="Message #general")
    expect(composer).to_have_value("@StackBot hello")
    expect(composer).to_be_focused()
    expect(main(page)).not_to_contain_text("Channels need a mention")


def test_shift_enter_starts_a_line_and_a_draft_stays_with_its_channel(page: Page) -> None:
    composer = page.get_by_role("textbox", name="Message #general")
    composer.fill("one")
    composer.press("Shift+Enter")
    composer.press_sequentially("two")
    go(page, "help")
    expect(page.get_by_role("textbox", name="Message #help")).to_have_value("")
    go(page, "general")
    expect(page.get_by_role("textbox", name="Message #general")).to_have_value("one\ntwo")


def test_what_is_typed_reaches_the_bot_escaped_as_slack_escapes(page: Page, slack: Control) -> None:
    write(page, "@stackbot is 1 < 2 && 3 > 2, <!channel>?")
    expect(thread(page)).to_contain_text("is 1 < 2 && 3 > 2, <!channel>?")
    [event] = slack.deliveries("app_mention")
    text = event.body["event"]["text"]
    assert text == "<@U0SAMPLE> is 1 &lt; 2 &amp;&amp; 3 &gt; 2, &lt;!channel&gt;?"


def test_a_channel_without_the_bot_says_so(page: Page, slack: Control) -> None:
    go(page, "random")
    expect(main(page)).to_contain_text("StackBot is not a member here")
    write(page, "@StackBot hello", "random")
    expect(main(page).get_by_role("article")).to_contain_text("hello")
    assert slack.deliveries() == []


def test_a_slash_command_is_answered_for_ones_own_eyes(page: Page) -> None:
    write(page, "/ask about costs")
    expect(main(page)).to_contain_text("Only visible to you")
    expect(main(page)).to_contain_text("You asked for: about costs")


def test_a_message_can_be_edited_and_deleted_by_its_author(page: Page) -> None:
    write(page, "helo")
    message = main(page).get_by_role("article")
    message.hover()
    message.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Edit message").fill("hello & goodbye")
    page.keyboard.press("Enter")
    expect(message).to_contain_text("hello & goodbye(edited)")
    message.hover()
    message.get_by_role("button", name="Delete").click()
    expect(message).to_contain_text("This message was deleted.")


def test_direct_messages_need_no_mention(page: Page) -> None:
    go(page, "StackBot")
    page.get_by_role("textbox", name="Message StackBot").fill("How do I deploy?")
    page.keyboard.press("Enter")
    expect(thread(page)).to_contain_text("from a clean checkout")
