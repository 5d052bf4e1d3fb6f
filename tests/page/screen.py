"""The page in a visitor's words: where things are, and what one does first."""

from playwright.sync_api import Locator, Page


def write(page: Page, text: str, channel: str = "general") -> None:
    """Type into the channel's composer and press Enter."""
    composer = page.get_by_role("textbox", name=f"Message #{channel}")
    composer.fill(text)
    composer.press("Enter")


def reply(page: Page, text: str) -> None:
    composer = page.get_by_role("textbox", name="Reply in the thread")
    composer.fill(text)
    composer.press("Enter")


def thread(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Thread")


def main(page: Page) -> Locator:
    return page.get_by_role("main")


def go(page: Page, place: str) -> None:
    """Follow an entry of the sidebar."""
    places = page.get_by_role("navigation", name="Places")
    places.get_by_role("button", name=place, exact=True).click()


def act_as(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).check(force=True)
