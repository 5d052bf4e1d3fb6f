"""The page on the whole real stack: what a newcomer does first."""

from playwright.sync_api import Browser, expect

from scripts.local.models import Model
from scripts.local.stack import LocalStack
from tests.page.conftest import Visits
from tests.page.screen import thread, write


def test_a_newcomers_question_is_answered_with_its_source(browser: Browser) -> None:
    with LocalStack(Model.from_shell({})) as stack:
        page = Visits(browser, stack.slack.url).window()
        write(page, "@StackBot How do I deploy to staging?")
        expect(thread(page)).to_contain_text("./stackbot deploy staging")
        expect(thread(page)).to_contain_text("[1] Deploying")
        page.context.close()
