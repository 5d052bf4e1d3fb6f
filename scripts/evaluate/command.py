"""`./stackbot eval`: measures how well a set of questions is found and answered."""

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
from scripts.evaluate.bots import Bot, LocalBot
from scripts.evaluate.cases import Case
from scripts.evaluate.comparison import Baseline, Comparison, Contest, contests
from scripts.evaluate.datasets import Dataset
from scripts.evaluate.deployed_bot import DeployedBot
from scripts.evaluate.figures.measuring import Measured, measure
from scripts.evaluate.indexing import index_of
from scripts.evaluate.judging import Judge
from scripts.evaluate.report import page, results, table
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
    """Measure, print, and write the report. 1 where a figure dropped or a question failed."""
    end_on(signal.SIGTERM, signal.SIGHUP)
    if options.environment and (options.dataset or options.baselines):
        raise Problem("--dataset and --baselines measure in this process: leave ENV out.")
    if options.environment and (options.embeddings or options.search_only):
        raise Problem("What is deployed searches and answers as it is set up: leave ENV out.")
    reference = results.read(Path(options.compare)) if options.compare else None
    baseline = _baseline(options)
    dataset = _dataset(options)
    run = _run(dataset, options)
    against = _contests(dataset, run) if options.baselines else []
    comparison = Comparison(run, options.tolerance, baseline.of(run), reference, tuple(against))
    _show(comparison, options)
    if not run.whole:
        return _INTERRUPTED
    if options.update_baseline:
        return _keep(baseline, run)
    return 1 if comparison.drops or run.failed else 0


def _baseline(options: argparse.Namespace) -> Baseline:
    """The golden set's is committed; those of benchmarks stay on this machine."""
    if options.against:
        return Baseline(Path(options.against))
    return Baseline(REPORT.with_name("benchmarks.json") if options.dataset else BASELINE)


def _dataset(options: argparse.Namespace) -> Dataset:
    """The questions, and the passages that they are about."""
    if options.dataset:
        with step("Reading the benchmark"):
            return datasets.read(Path(options.dataset).expanduser())
    golden = Path(options.golden) if options.golden else GOLDEN
    passages = () if options.environment else knowledge.passages()
    return Dataset(golden.stem, tuple(passages), tuple(cases.read(golden)))


def _run(dataset: Dataset, options: argparse.Namespace) -> Results:
    model = Model.from_shell(os.environ)
    with _bot(dataset, model, options) as bot:
        judge = Judge(model, options.judge) if options.judge else None
        if options.at_once:
            bot.at_once = options.at_once
        measured: list[Measured] = []
        measurement = measure(dataset.cases, bot, judge, answer=not options.search_only)
        whole = _collect(measured, dataset.cases, measurement)
    order = {case.id: number for number, case in enumerate(dataset.cases)}
    measured.sort(key=lambda result: order[result.case.id])
    bot_name = options.environment or "offline"
    return Results(dataset.name, bot_name, tuple(measured), whole, dataset.note)


@contextmanager
def _bot(dataset: Dataset, model: Model, options: argparse.Namespace) -> Iterator[Bot]:
    with ExitStack() as stack:
        if options.environment:
            yield DeployedBot(stack.enter_context(deployment.deployed(options.environment)))
            return
        if not options.search_only:
            model.check()
        with _progress("Embedding" if options.embeddings else "Indexing") as progress:
            task = progress.add_task("", total=len(dataset.passages))
            opened = index_of(
                dataset.passages,
                model,
                options.embeddings or "",
                lambda done: progress.update(task, completed=done),
            )
            index = stack.enter_context(opened)
        say(f"  Model    {'none' if options.search_only else model}")
        yield LocalBot(index, model)


def _collect(
    results: list[Measured], cases: Sequence[Case], measurement: Generator[Measured]
) -> bool:
    """Append the results as they come. False after Ctrl-C, which leaves those until then."""
    with _progress("Asking") as progress, closing(measurement):
        try:
            results.extend(progress.track(measurement, total=len(cases)))
        except KeyboardInterrupt:
            return False
    return True


def _contests(dataset: Dataset, run: Results) -> list[Contest]:
    """The comparison with other rankings; none after Ctrl-C, and the run is shown all the same."""
    with _progress("FTS5") as progress, suppress(KeyboardInterrupt):
        return contests(dataset.passages, progress.track(dataset.cases), run.parts)
    return []


def _progress(title: str) -> Progress:
    columns = (TextColumn(f"  {title}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)


def _show(comparison: Comparison, options: argparse.Namespace) -> None:
    if options.json:
        options.json.print(comparison.as_json())
    else:
        table.show(comparison)
    folder = REPORT.parents[1]
    if not options.report and folder.exists() and not os.access(folder, os.W_OK):
        say(f"\n  No report: {folder} cannot be written. Say where with --report.")
        return
    path = Path(options.report) if options.report else REPORT
    with step("Report"):
        page.write(path, comparison, limited=options.limited)
    say(f"\n  Report   {path}")


def _keep(baseline: Baseline, run: Results) -> int:
    if run.failed:
        raise Problem(f"{len(run.failed)} questions failed, so this run is no baseline.")
    baseline.keep(run)
    say(f"  Kept     {baseline.path}: commit it with what changed the figures")
    return 0
