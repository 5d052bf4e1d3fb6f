"""The inspector beside the page: what was sent, what was called, how long it took."""

from playwright.sync_api import Locator, Page, expect

from slack_simulator import Control
from tests.page.screen import thread, write


def _open(page: Page) -> Locator:
    page.get_by_role("button", name="Inspector").click()
    return page.get_by_role("complementary", name="Inspector")


def test_it_starts_out_of_the_way(page: Page) -> None:
    box = page.get_by_role("complementary", name="Inspector").bounding_box()
    assert box
    assert box["width"] < 60


def test_events_and_calls_of_a_question_are_listed_with_their_details(page: Page) -> None:
    write(page, "@StackBot deploy")
    expect(thread(page)).to_contain_text("Sources")
    inspector = _open(page)
    names = inspector.locator(".record .name")
    expect(names.first).to_have_text("app_mention")
    expect(names.last).to_have_text("agents.sessions.setStatus")
    inspector.get_by_text("chat.appendStream").click()
    expect(inspector.locator(".details")).to_contain_text('"text": "Run `./stackbot')
    inspector.get_by_text("app_mention").click()
    expect(inspector.locator(".details").first).to_contain_text('"type": "event_callback"')


def test_the_timeline_tells_the_way_of_a_question(page: Page) -> None:
    write(page, "@StackBot deploy")
    expect(thread(page)).to_contain_text("Sources")
    timeline = _open(page).get_by_role("region", name="Timeline of a question")
    steps = timeline.get_by_role("listitem")
    expect(steps).to_have_count(4)
    expect(steps.last).to_contain_text("finished")
    expect(steps.last).to_contain_text(" ms")


def test_a_retry_is_told_with_its_reason(page: Page, slack: Control) -> None:
    slack.fault("delivery", "status", "app_mention", status=500, times=1)
    write(page, "@StackBot deploy")
    expect(thread(page)).to_contain_text("Sources")
    inspector = _open(page)
    expect(inspector.get_by_text("retry 1")).to_be_visible()
    expect(inspector.get_by_role("region", name="Timeline")).to_contain_text("2 attempts")
    inspector.get_by_text("retry 1").click()
    expect(inspector.locator(".details")).to_contain_text("X-Slack-Retry-Reason")


def test_records_are_filtered(page: Page) -> None:
    write(page, "@StackBot deploy")
    expect(thread(page)).to_contain_text("Sources")
    inspector = _open(page)
    inspector.get_by_role("button", name="Events").click()
    expect(inspector.locator(".record .name")).to_have_text(["app_mention"])
    inspector.get_by_role("button", name="All", exact=True).click()
    inspector.get_by_role("searchbox", name="Filter").fill("stopStream")
    expect(inspector.locator(".record .name")).to_have_text(["chat.stopStream"])
