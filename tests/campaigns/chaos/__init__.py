"""`./stackbot chaos`: does every question get one whole answer, whatever breaks?"""

from __future__ import annotations

import argparse
import signal
import time
from typing import TYPE_CHECKING

from scripts.terminal.interruption import end_on

if TYPE_CHECKING:
    from tests.campaigns.chaos.campaign import Campaign

_LINE_EVERY = 100
"""How many questions go by between two lines of progress, where there is no terminal."""


def run(options: argparse.Namespace) -> int:
    """Run one campaign and print what it found.

    The status is 1 where a question was lost or an answer doubled, cut off or out of order, and
    130 where Ctrl-C ended the campaign; what is known by then is printed.
    """
    from scripts.local.models import Model
    from scripts.local.stack import LocalStack
    from tests.campaigns.chaos import campaign, plan
    from tests.campaigns.chaos.trouble import ChaosModel

    end_on(signal.SIGTERM, signal.SIGHUP)
    campaign_plan = plan.draw(options.seed, options.questions, options.threads)
    with ChaosModel() as model:
        stack = LocalStack(Model("openai", "scripted", model.url, "not-a-real-key"))
        with stack, campaign.prepared(stack, model, campaign_plan) as running:
            return _run(running, options)


def _run(running: Campaign, options: argparse.Namespace) -> int:
    from scripts.terminal.steps import console
    from tests.campaigns.chaos import table
    from tests.campaigns.chaos.campaign import Progress

    started = time.monotonic()
    interrupted = False
    with console.status("") as line:
        reported = 0

        def tell(now: Progress) -> None:
            nonlocal reported
            text = (
                f"{now.count} of {options.questions} asked, {now.waiting} waiting,"
                f" {now.kills} workers killed, {time.monotonic() - started:.0f} s"
            )
            line.update(text)
            if not console.is_terminal and now.count >= reported + _LINE_EVERY:
                reported = now.count
                console.print(text)

        try:
            running.run(options.minutes * 60, tell)
        except KeyboardInterrupt:
            interrupted = True
            console.print("Interrupted: questions that are still waiting count as lost.")
    verdict = running.verdict()
    again = (
        f"./stackbot chaos --seed {options.seed} --questions {options.questions}"
        f" --threads {options.threads}"
    )
    results = table.as_json(running, verdict, time.monotonic() - started, again)
    if options.json:
        options.json.print(results)
    else:
        table.show(results)
    return 130 if interrupted else 0 if verdict.passed else 1
