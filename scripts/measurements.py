"""The commands that measure StackBot. Standard library only, as for `scripts/commands.py`."""

from scripts.terminal.command import JSON, Command, argument, count, flag, percent

BENCHMARKS = {
    "ack": "cold start of the ingress, against Bolt's Lambda adapter and a bare handler",
    "worker": "cold start of the worker up to its first call to Slack, against importing it all",
    "loop": "save a file, get an answer by the new build, against cdk deploy --hotswap",
    "roundtrip": "a warm question: first sign in Slack, whole answer",
    "writer": "what writing an answer adds to reading the model's stream, for each token",
    "search": "searching 1,000 to 100,000 passages, against SQLite's FTS5 and tantivy",
    "start": "./stackbot local until it is ready, against cdk bootstrap and cdk deploy",
    "synth": "cdk synth of one environment, against the CDK's defaults",
    "ingest": "taking in 10,000 Markdown files, and again when nothing has changed",
    "size": "what is deployed, zipped, against everything unstripped",
}
"""What each measures, by its name, as `./stackbot bench --help` lists it."""

_LISTED = "\n".join(f"  {name:<11}{about}" for name, about in BENCHMARKS.items())

MEASUREMENTS = (
    # How well documents are found and questions are answered.
    Command(
        "eval",
        "scripts.evaluate.command",
        "measure what is found and answered; exit 1 where it is worse than the committed baseline",
        "examples:\n"
        "  ./stackbot eval                          the golden set, in this process\n"
        "  ./stackbot eval staging --judge gpt-6    the deployed bot, its answers judged\n"
        "  ./stackbot eval --dataset ~/scifact --baselines",
        (
            argument(
                "environment",
                metavar="ENV",
                nargs="?",
                help="ask what is deployed there, or local while it runs (default: in this"
                " process)",
            ),
            argument("--golden", metavar="PATH", help="(default: evaluation/golden.jsonl)"),
            argument("--dataset", metavar="PATH", help="a folder with a public benchmark"),
            flag("--baselines", "hold SQLite's FTS5 against it, on the same questions"),
            argument(
                "--embeddings", metavar="MODEL", help="search by meaning too, with this model"
            ),
            flag("--search-only", "ask for no answers"),
            argument("--judge", metavar="MODEL", help="have this model judge the answers"),
            argument(
                "--against",
                metavar="PATH",
                help="the baseline (default: evaluation/baseline.json; of a --dataset, this"
                " machine's)",
            ),
            flag("--update-baseline", "keep this run as the baseline"),
            argument(
                "--tolerance",
                type=float,
                default=0.02,
                help="the drop of a figure that still passes (default: 0.02)",
            ),
            argument(
                "--compare", metavar="RUN", help="a file with what --json printed of another run"
            ),
            argument("--report", metavar="PATH", help="(default: .stackbot/eval/report.html)"),
            flag("--limited", "have the report show what was found with a channel or groups, too"),
            argument("--at-once", type=count, metavar="N", help="how many questions at a time"),
            JSON,
        ),
    ),
    # Speed and size, and how it bears what is broken on purpose or asked at once.
    Command(
        "bench",
        "tests.benchmarks",
        "measure, and compare",
        f"benchmarks:\n{_LISTED}\n\nexamples:\n  ./stackbot bench ack loop\n"
        "  ./stackbot bench ack start --against main --slower 5    ours, beside that of a commit",
        (
            argument("names", nargs="*", metavar="NAME", help="which ones (default: all)"),
            argument(
                "--against",
                metavar="COMMIT",
                help="compare with another commit, by turns in one run; contestants are left out."
                " Not for loop and search, which measure ours together with theirs",
            ),
            argument("--rounds", type=count, help="with --against: pairs (default: 20)"),
            argument(
                "--slower",
                type=percent,
                metavar="PERCENT",
                help="with --against: exit 1 unless each ratio's 95 %% interval ends at or below"
                " this",
            ),
            JSON,
        ),
    ),
    Command(
        "chaos",
        "tests.campaigns.chaos",
        "break everything at random, and count the answers",
        "example: ./stackbot chaos --questions 100 --threads 20 --seed 7",
        (
            argument("--questions", type=count, default=1_000, help="(default: 1000)"),
            argument("--threads", type=count, default=200, help="(default: 200)"),
            argument("--seed", type=int, default=1, help="what befalls which (default: 1)"),
            argument(
                "--minutes", type=float, default=20, help="stop asking after these (default: 20)"
            ),
            JSON,
        ),
    ),
    Command(
        "load",
        "tests.campaigns.load",
        "have many people ask at once, and see how long they wait",
        "example: ./stackbot load --questions 100 --people 20 --seconds 12",
        (
            argument("--questions", type=count, default=500, help="(default: 500)"),
            argument("--people", type=count, default=100, help="(default: 100)"),
            argument("--seconds", type=float, default=60, help="over which they ask (default: 60)"),
            flag("--rates", "let Slack's rate limits stand"),
            JSON,
        ),
    ),
)
