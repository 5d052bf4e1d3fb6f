"""The command that measures how well documents are found and questions are answered."""

from scripts.terminal.command import JSON, Command, argument, count, flag

EVAL = Command(
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
            help="ask what is deployed there, or local while it runs (default: in this process)",
        ),
        argument("--golden", metavar="PATH", help="(default: evaluation/golden.jsonl)"),
        argument("--dataset", metavar="PATH", help="a folder with a public benchmark"),
        flag("--baselines", "hold SQLite's FTS5 against it, on the same questions"),
        argument("--embeddings", metavar="MODEL", help="search by meaning too, with this model"),
        flag("--search-only", "ask for no answers"),
        argument("--judge", metavar="MODEL", help="have this model judge the answers"),
        argument(
            "--against",
            metavar="PATH",
            help="the baseline (default: evaluation/baseline.json; of a --dataset, this machine's)",
        ),
        flag("--update-baseline", "keep this run as the baseline"),
        argument(
            "--tolerance",
            type=float,
            default=0.02,
            help="the drop of a figure that still passes (default: 0.02)",
        ),
        argument("--compare", metavar="RUN", help="a file with what --json printed of another run"),
        argument("--report", metavar="PATH", help="(default: .stackbot/eval/report.html)"),
        flag("--limited", "have the report show what was found with a channel or groups, too"),
        argument("--at-once", type=count, metavar="N", help="how many questions at a time"),
        JSON,
    ),
)

COMMANDS = (EVAL,)
