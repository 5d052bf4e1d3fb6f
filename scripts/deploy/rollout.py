"""Releases published versions: tries them, switches, watches alarms, and switches back on one.

See docs/decisions/0018.
"""

import time

from scripts.aws.deployment import Deployed
from scripts.deploy.dry_run import rehearse
from scripts.deploy.versions import Record, Versions, prune, switch
from scripts.operate.alarms import Alarms
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say, step

_LOOK_SECONDS = 2


class TakenBack(Problem):
    """An alarm went off after the switch, and the versions before it are live again."""


def release(deployed: Deployed, bake: float | None = None) -> None:
    """Switch to what the last deployment published, and watch it for `bake` seconds.

    None stands for the row's `bake`. Does nothing where the newest is live and was watched, and
    resumes an interrupted watch. Raises `Problem` where the former versions stay live.
    """
    if not deployed.publishes:
        return  # no versions: what is deployed is live
    new, live, last = Versions.published(deployed), Versions.live(deployed), Record.read(deployed)
    resumed = last if last and last.now == new and not last.watched else None
    if new == live and resumed is None:
        return
    record = resumed or Record(before=live, now=new, watched=False)
    if new != live:
        with step(f"Self-test of {new}"):
            rehearse(deployed, new, record.before)
    try:
        _switch_and_watch(deployed, record, deployed.row.bake if bake is None else bake)
    except KeyboardInterrupt:
        name = deployed.row.name
        say(
            f"  {name} is live at {Versions.live(deployed)}, not watched to the end. To go on:"
            f" ./stackbot deploy {name}. To go back: ./stackbot rollback {name}"
        )
        raise
    Record(record.before, record.now, watched=True).keep(deployed)
    prune(deployed, record.before, record.now)


def before(deployed: Deployed) -> Versions:
    """The versions before the last switch. Raises `Problem` without any, or if these are live."""
    last = Record.read(deployed) if deployed.publishes else None
    if last is None or Versions.live(deployed) == last.before:
        raise Problem(f"{deployed.row.name} has no earlier version to go back to.")
    return last.before


def go_back(deployed: Deployed, to: Versions) -> None:
    """Switch to earlier versions, without a trial."""
    with step(f"Switch back to {to}"):
        switch(deployed, to)


def _switch_and_watch(deployed: Deployed, record: Record, seconds: float) -> None:
    """Raises `TakenBack`."""
    alarms = Alarms.of(deployed)
    with step(f"Switch to {record.now}"):
        record.keep(deployed)  # first, so that whoever interrupts this can still go back
        switch(deployed, record.now)
    say(f"  [dim]Ctrl-C leaves it live; ./stackbot rollback {deployed.row.name} takes it back[/]")
    until = time.monotonic() + seconds
    with step(f"{len(alarms.names)} alarms watched for {seconds:g} s"):
        while (why := alarms.gone_off()) is None and (remaining := until - time.monotonic()) > 0:
            time.sleep(min(_LOOK_SECONDS, remaining))
        if why:
            raise _taken_back(deployed, record, why)


def _taken_back(deployed: Deployed, record: Record, why: str) -> Problem:
    """Switch back, unless somebody has released something else meanwhile."""
    name = deployed.row.name
    if Versions.live(deployed) != record.now:
        return Problem(f"An alarm of {name} went off, but another release has begun: {why}")
    switch(deployed, record.before)
    return TakenBack(
        f"{name} is back at {record.before}, because an alarm went off after the switch: {why}"
    )
