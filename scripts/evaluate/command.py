"""`./stackbot eval`: asks a set of questions, and says how well they were found and answered."""

import argparse
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scripts.aws import deployment
from scripts.aws.cdk import ROOT
from scripts.documents import knowledge
from scripts.evaluate import cases, datasets
from scripts.evaluate.bots import Asker, Offline
from scripts.evaluate.cases import Case
from scripts.evaluate.comparison import Baseline
from scripts.evaluate.contests import Contest, contests
from scripts.evaluate.datasets import Dataset
from scripts.evaluate.deployed_bot import DeployedBot
from scripts.evaluate.figures.measuring import Measured, measure
from scripts.evaluate.indexing import index_of
from scripts.evaluate.judging import Judge
from scripts.evaluate.report import page, results, table
from scripts.evaluate.report.outcome import Outcome
from scripts.evaluate.report.results import Results
from scripts.local.models import Model
from scripts.terminal.interruption import end_on
from scripts.terminal.problem import Problem
from scripts.terminal.steps import console, say, step

GOLDEN = ROOT / "evaluation" / "golden.jsonl"
BASELINE = ROOT / "evaluation" / "baseline.json"
REPORT = ROOT / ".stackbot" / "eval" / "report.html"
_INTERRUPTED = 130


def run(options: argparse.Namespace) -> int:
    """Measure, show, write the report; 1 where a figure dropped or a question failed."""
    end_on(signal.SIGTERM, signal.SIGHUP)
    if options.environment and (options.dataset or options.baselines):
        raise Problem("--dataset and --baselines measure in this process: leave ENV out.")
    if options.environment and (options.embeddings or options.search_only):
        raise Problem("What is deployed searches and answers as it is set up: leave ENV out.")
    other = results.read(Path(options.compare)) if options.compare else None
    baseline = _baseline(options)
    asked = _asked(options)
    found = _results(asked, options)
    against = _contests(asked, found) if options.baselines else []
    outcome = Outcome(found, options.tolerance, baseline.of(found), other, tuple(against))
    _show(outcome, options)
    if not found.whole:
        return _INTERRUPTED
    if options.update_baseline:
        return _keep(baseline, found)
    return 1 if outcome.drops or found.failed else 0


def _baseline(options: argparse.Namespace) -> Baseline:
    """The committed one is of the golden set; what a benchmark was last, this machine may keep."""
    if options.against:
        return Baseline(Path(options.against))
    return Baseline(REPORT.with_name("benchmarks.json") if options.dataset else BASELINE)


def _asked(options: argparse.Namespace) -> Dataset:
    """The questions, and the documents that they are asked about."""
    if options.dataset:
        with step("Reading the benchmark"):
            return datasets.read(Path(options.dataset).expanduser())
    golden = Path(options.golden) if options.golden else GOLDEN
    passages = () if options.environment else knowledge.passages()
    return Dataset(golden.stem, tuple(passages), tuple(cases.read(golden)))


def _results(asked: Dataset, options: argparse.Namespace) -> Results:
    model = Model.from_shell(os.environ)
    with _asker(asked, model, options) as asker:
        judge = Judge(model, options.judge) if options.judge else None
        if options.at_once:
            asker.at_once = options.at_once
        measured: list[Measured] = []
        coming = measure(asked.cases, asker, judge, answer=not options.search_only)
        whole = _gather(measured, asked.cases, coming)
    order = {case.id: number for number, case in enumerate(asked.cases)}
    measured.sort(key=lambda one: order[one.case.id])
    by = options.environment or "offline"
    return Results(asked.name, by, tuple(measured), whole, asked.note)


@contextmanager
def _asker(asked: Dataset, model: Model, options: argparse.Namespace) -> Iterator[Asker]:
    with ExitStack() as held:
        if options.environment:
            yield DeployedBot(held.enter_context(deployment.deployed(options.environment)))
            return
        if not options.search_only:
            model.check()
        with _progress("Embedding" if options.embeddings else "Indexing") as progress:
            task = progress.add_task("", total=len(asked.passages))
            made = index_of(
                asked.passages,
                model,
                options.embeddings or "",
                lambda done: progress.update(task, completed=done),
            )
            index = held.enter_context(made)
        say(f"  Model    {'none' if options.search_only else model}")
        yield Offline(index, model)


def _gather(into: list[Measured], cases: Sequence[Case], found: Generator[Measured]) -> bool:
    """Whether all came; Ctrl-C leaves those that came before it."""
    with _progress("Asking") as progress, closing(found):
        try:
            into.extend(progress.track(found, total=len(cases)))
        except KeyboardInterrupt:
            return False
    return True


def _contests(asked: Dataset, found: Results) -> list[Contest]:
    """Ctrl-C goes without them: what was measured before is shown all the same."""
    with _progress("FTS5") as progress, suppress(KeyboardInterrupt):
        return contests(asked.passages, progress.track(asked.cases), found.parts)
    return []


def _progress(what: str) -> Progress:
    columns = (TextColumn(f"  {what}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)


def _show(outcome: Outcome, options: argparse.Namespace) -> None:
    if options.json:
        options.json.print(outcome.as_json())
    else:
        table.show(outcome)
    folder = REPORT.parents[1]
    if not options.report and folder.exists() and not os.access(folder, os.W_OK):
        say(f"\n  No report: {folder} cannot be written. Say where with --report.")
        return
    written = Path(options.report) if options.report else REPORT
    with step("Report"):
        page.write(written, outcome, limited=options.limited)
    say(f"\n  Report   {written}")


def _keep(baseline: Baseline, found: Results) -> int:
    if found.failed:
        raise Problem(f"{len(found.failed)} questions failed, so this run is no baseline.")
    baseline.keep(found)
    say(f"  Kept     {baseline.path}: commit it with what changed the figures")
    return 0
