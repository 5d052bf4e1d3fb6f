"""`./stackbot logs`: the newest lines of both functions, or the story of one question."""

import argparse
import json
import re
import sys
import time
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from scripts.aws import deployment
from scripts.operate.log_lines import Line, Logs, moment
from scripts.operate.story import MessagePlace, Story
from scripts.terminal.json_output import JsonOutput
from scripts.terminal.problem import Problem
from scripts.terminal.steps import step

_HOUR = 3_600
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60}
_AGO = re.compile(r"(\d{1,5})([dhm])")  # "7d", "12h", "30m"
_NEWEST = 100
_STYLES = {"WARNING": "yellow", "ERROR": "red", "DEBUG": "dim"}
_COLUMNS = ("timestamp", "function", "level", "event", "after")
_SHORT = ("request_id", "message_id", "enqueued_as")
_SAME_IN_A_STORY = ("question", "reference", "build")


def run(options: argparse.Namespace) -> int:
    """Print what the functions of an environment logged, oldest first."""
    if options.follow and options.thread:
        raise Problem("--thread tells what was, and --follow what comes: choose one of them.")
    if options.follow and options.json:
        raise Problem("--follow has no end, so it is no single object: take --json-lines.")
    begin = since(options.since) if options.since else None
    place = MessagePlace.read(options.thread) if options.thread else None
    with deployment.deployed(options.environment) as deployed:
        logs = Logs(deployed.client("logs"), deployed.functions)
        if place:
            with step(f"Logs of {options.environment}"):
                story = Story.find(logs, place, begin)
            _print_story(story, options.json)
        else:
            _print_lines(logs, begin, options)
    return 0


def since(text: str) -> float:
    """Epoch seconds from `7d`, `12h`, `30m` (ago) or a date such as 2026-11-01, in UTC.

    Raises `Problem`.
    """
    if ago := _AGO.fullmatch(text):
        return time.time() - int(ago[1]) * _SECONDS[ago[2]]
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(
            f"--since takes a date such as 2026-11-01, or 7d, 12h, 30m, not {text!r}."
        ) from None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def _print_lines(logs: Logs, begin: float | None, options: argparse.Namespace) -> None:
    """Print the lines from `begin` on; without it, the newest 100 of the last hour."""
    start = time.time() - _HOUR if begin is None else begin
    lines = logs.read(since=start)
    newest = lines[-_NEWEST:] if begin is None else lines
    if options.json:
        options.json.print({"lines": newest})
        return
    for line in newest:
        print_line(line, as_json=options.json_lines)
    if options.follow:
        for line in logs.follow(moment(newest[-1]) if newest else start):
            if line not in newest:
                print_line(line, as_json=options.json_lines)
    elif not lines and not options.json_lines:
        sys.stdout.write("Nothing was logged in that time; --since 7d looks further back.\n")


def print_line(line: Line, *, as_json: bool = False) -> None:
    """One line of a function's log, for people unless it is to be `as_json`."""
    if as_json:
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return
    Console().print(as_text(line), soft_wrap=True)


def as_text(line: Line) -> Text:
    """A line for people, beginning with its time in UTC."""
    when = f"{datetime.fromtimestamp(moment(line), UTC):%m-%d %H:%M:%S.%f}"[:-3]
    return _text(f"{when}  {line['function']:<8} {line['level']:<8}", line, ())


def _print_story(story: Story, output: JsonOutput | None) -> None:
    if output:
        output.print(story.as_json())
        return
    began = f"{datetime.fromtimestamp(story.began, UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]
    builds = ", ".join(f"{name} {' '.join(ids)}" for name, ids in story.builds.items())
    reference = f" (reference {story.reference})" if story.reference else ""
    sys.stdout.write(f"Question {story.question}{reference}, {began} UTC\nBuilds: {builds}\n\n")
    for line in story.steps:
        text = _text(f"{line['after']:+10.3f} s  {line['function']:<8} ", line, _SAME_IN_A_STORY)
        Console().print(text, soft_wrap=True)
    sys.stdout.write(f"\n{_summary(story)}\n")


def _summary(story: Story) -> str:
    times = "once" if story.deliveries == 1 else f"{story.deliveries} times"
    if story.ending is None:
        return f"No end so far; delivered {times}."
    return (
        f"Ended as {story.ending['event']} after {story.ending['after']:.3f} s; delivered {times}."
    )


def _text(lead: str, line: Line, columns: tuple[str, ...]) -> Text:
    fields = [
        f"{name}={_brief(name, value)}"
        for name, value in line.items()
        if name not in (*_COLUMNS, *columns) and value != ""
    ]
    return Text(lead + f"{line['event']:<12} " + " ".join(fields), _STYLES.get(line["level"], ""))


def _brief(name: str, value: object) -> str:
    if isinstance(value, list):
        return " < ".join(map(str, reversed(value)))
    return str(value)[:8] if name in _SHORT else str(value)
