"""Takes a picture of every surface, light and dark: `python -m tests.page.screenshots FOLDER`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from scripts.local.models import Model
from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from tests.page.browser import running_chromium
from tests.page.screen import go, main, thread, write

_ANSWER = """Run the deploy command with the environment's name [1]:

```sh
./stackbot deploy staging
```

| step | takes |
|---|---|
| synth | 2 s |
| deploy | about a minute |

Data is kept when you deploy again [2]."""


def take(folder: Path) -> None:
    """Start the whole stack with a scripted model, and write `<surface>-<theme>.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    with ModelServer() as model:
        model.otherwise = _ANSWER
        settings = Model("openai", "scripted", model.url, "not-a-real-key")
        with LocalStack(settings) as stack, running_chromium() as browser:
            for theme in ("light", "dark"):
                stack.slack.control.reset()
                _take_all(browser, stack, model, folder, theme)


def _take_all(
    browser: Browser, stack: LocalStack, model: ModelServer, folder: Path, theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(stack.slack.url)

    def shoot(name: str) -> None:
        page.screenshot(path=folder / f"{name}-{theme}.png")

    write(page, "@StackBot How do I deploy to staging?")
    expect(thread(page)).to_contain_text("Sources:")
    shoot("mention")
    _below_the_answer(page, shoot)
    model.will_say("On Tuesday, as the plan says. " * 40, seconds_between=0.05)
    _stopped(page, stack.slack.control, shoot)
    _shortcut(page, shoot)
    write(page, "/ask What is the payload limit?")
    asked = main(page).get_by_role("article").filter(has_text="payload limit")
    asked.get_by_role("button", name="1 reply").click()
    expect(thread(page)).to_contain_text("Sources:")
    shoot("command")
    go(page, "random")
    write(page, "/ask How do I deploy?", channel="random")
    expect(main(page)).to_contain_text("about a minute")
    shoot("whisper")
    go(page, "help")
    go(page, "Ask StackBot")
    pane = page.get_by_role("complementary", name="StackBot")
    expect(pane).to_contain_text("Questions that fit #help")
    shoot("pane")
    go(page, "Home")
    expect(main(page)).to_contain_text("How to ask well")
    shoot("home")
    context.close()


def _stopped(page: Page, slack: Control, shoot: Callable[[str], None]) -> None:
    """A question with a file, whose answer is stopped."""
    notes = slack.file("plan.txt", b"Monday: pack. Tuesday: move. Wednesday: unpack.")
    asked = slack.say("ada", "#general", "<@bot> When do we move?", files=[notes])
    slack.until(lambda: [m for m in slack.messages(asked.channel, asked.ts) if m.streaming], 20)
    slack.stop("ada", asked.channel, asked.ts)
    slack.until(lambda: "Stopped." in slack.messages(asked.channel, asked.ts)[-1].text, 20)
    told = main(page).get_by_role("article").filter(has_text="When do we move?")
    told.get_by_role("button", name="1 reply").click()
    expect(thread(page)).to_contain_text("Stopped.")
    shoot("stopped")


def _below_the_answer(page: Page, shoot: Callable[[str], None]) -> None:
    for button, name in (("Show sources", "sources"), ("Bad answer", "wish-form")):
        thread(page).get_by_role("button", name=button).click()
        form = page.get_by_role("dialog")
        expect(form).to_be_visible()
        shoot(name)
        form.get_by_role("button", name="Close").or_(
            form.get_by_role("button", name="Cancel")
        ).first.click()
        expect(form).to_be_hidden()


def _shortcut(page: Page, shoot: Callable[[str], None]) -> None:
    write(page, "The deploy to staging says ROLLBACK_COMPLETE. Does anybody know why?")
    told = main(page).get_by_role("article").filter(has_text="ROLLBACK_COMPLETE")
    told.hover()
    told.get_by_role("button", name="Ask about this").click()
    form = page.get_by_role("dialog")
    expect(form).to_be_visible()
    shoot("shortcut-form")
    form.get_by_role("button", name="Ask", exact=True).click()
    told.get_by_role("button", name="2 replies").click()
    expect(thread(page)).to_contain_text("Sources:")
    shoot("shortcut")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    take(options.parse_args().folder)
