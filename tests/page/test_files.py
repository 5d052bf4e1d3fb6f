"""People attach files: by the button, by dropping them in, by pasting."""

from playwright.sync_api import FilePayload, Page, expect

from slack_simulator import Control
from tests.page.screen import main, thread, write

NOTES: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Friday is off.\n"}

RECEIVE = """(element, type) => {
  const data = new DataTransfer();
  data.items.add(new File(["Friday"], "plan.md", {type: "text/markdown"}));
  const init = {bubbles: true, cancelable: true};
  element.dispatchEvent(type === "drop"
    ? new DragEvent(type, {...init, dataTransfer: data})
    : new ClipboardEvent(type, {...init, clipboardData: data}));
}"""


def test_a_chosen_file_goes_with_the_message(page: Page, slack: Control) -> None:
    with page.expect_file_chooser() as choosing:
        main(page).get_by_role("button", name="Attach files").click()
    choosing.value.set_files([NOTES])
    expect(main(page).get_by_role("list", name="files to send")).to_contain_text("notes.txt1 kB")
    write(page, "@StackBot what is this?")
    expect(thread(page)).to_contain_text("Here you are.")
    expect(main(page).get_by_role("article").get_by_text("notes.txt")).to_be_visible()
    expect(main(page).get_by_role("list", name="files to send")).to_be_hidden()
    [file] = slack.messages("#general")[0].files
    assert (file["name"], file["size"], file["mimetype"]) == ("notes.txt", 15, "text/plain")


def test_a_file_is_dropped_or_pasted_and_needs_no_words(page: Page, slack: Control) -> None:
    composer = page.get_by_role("textbox", name="Message #general")
    composer.evaluate(RECEIVE, "drop")
    composer.evaluate(RECEIVE, "paste")
    main(page).get_by_role("button", name="Remove plan.md").first.click()
    composer.press("Enter")
    expect(main(page).get_by_role("article").get_by_text("plan.md")).to_be_visible()
    assert [len(message.files) for message in slack.messages("#general")] == [1]


def test_files_stay_with_their_place_until_they_are_sent(page: Page) -> None:
    page.get_by_role("textbox", name="Message #general").evaluate(RECEIVE, "drop")
    places = page.get_by_role("navigation", name="Places")
    places.get_by_role("button", name="help", exact=True).click()
    expect(main(page).get_by_role("list", name="files to send")).to_be_hidden()
    places.get_by_role("button", name="general", exact=True).click()
    expect(main(page).get_by_role("list", name="files to send")).to_contain_text("plan.md")
