"""What a campaign found, as people read it and as programs do."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.campaigns.chaos.campaign import Campaign
from tests.campaigns.chaos.kills import moments
from tests.campaigns.chaos.verdict import FAILURES, Verdict

_ROWS = {
    "asked": "asked",
    "answered": "answered exactly once",
    "apologised": "apologised",
    "lost": "lost",
    "doubled": "doubled",
    "cut_off": "cut off",
    "out_of_order": "out of order",
}


def as_json(campaign: Campaign, verdict: Verdict, seconds: float, again: str) -> dict[str, Any]:
    kills = campaign.trouble.kills
    return {
        **{name: len(getattr(verdict, name)) for name in _ROWS},
        "quoted": len(verdict.quoted),
        "offending": [
            {"what": failure, "question": number, **campaign.thread(number)}
            for failure in FAILURES
            for number in getattr(verdict, failure)
        ],
        "befell": dict(sorted(campaign.trouble.befell.items())),
        "kills": {
            call: {
                "calls": kills.calls[call],
                **{moment: kills.strikes[call, moment] for moment in moments(call)},
            }
            for call in sorted(kills.calls)
        },
        "never_killed": [f"{moment} {call}" for call, moment in kills.never_killed],
        "seconds": round(seconds, 1),
        "again": again,
    }


def show(results: Mapping[str, Any], console: Console | None = None) -> None:
    console = console or Console(highlight=False)
    troubles = Table("what befell them", "times", box=None, pad_edge=False)
    for name, times in results["befell"].items():
        troubles.add_row(name, str(times))
    console.print(troubles)
    console.print()
    columns = ("before", "during", "after", "calls")
    kills = Table("workers killed", *columns, box=None, pad_edge=False)
    for call, strikes in results["kills"].items():
        kills.add_row(call, *(str(strikes.get(column, "")) for column in columns))
    console.print(kills)
    if results["never_killed"]:
        console.print(f"never killed: {', '.join(results['never_killed'])}")
    console.print()
    table = Table("questions", "", box=None, pad_edge=False)
    for name, title in _ROWS.items():
        count = results[name]
        mark = "" if name not in FAILURES else "[red]✗[/]" if count else "[green]✓[/]"
        table.add_row(title, str(count), mark)
    console.print(table)
    for case in results["offending"]:
        place = f"{case['channel']} {case['thread']}"
        console.print(f"  {_ROWS[case['what']]}: question {case['question']} in {place}")
        for line in case["befell"]:
            console.print(f"    {line}")
    console.print(f"{results['seconds']:.0f} s; again: {results['again']}")
