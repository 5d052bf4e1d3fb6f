"""The commands that measure StackBot, or break it on purpose."""

from scripts.commands.benchmarks import BENCHMARKS
from scripts.terminal.command import JSON, Command, argument, count, flag, percent

_LISTED = "\n".join(f"  {name:<11}{about}" for name, about in BENCHMARKS.items())

BENCH = Command(
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
            help="with --against: exit 1 unless each ratio's 95 %% interval ends at or below this",
        ),
        JSON,
    ),
)
CHAOS = Command(
    "chaos",
    "tests.campaigns.chaos",
    "break everything at random, and count the answers",
    "example: ./stackbot chaos --questions 100 --threads 20 --seed 7",
    (
        argument("--questions", type=count, default=1_000, help="(default: 1000)"),
        argument("--threads", type=count, default=200, help="(default: 200)"),
        argument("--seed", type=int, default=1, help="what befalls which (default: 1)"),
        argument("--minutes", type=float, default=20, help="stop asking after these (default: 20)"),
        JSON,
    ),
)
LOAD = Command(
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
)

COMMANDS = (BENCH, CHAOS, LOAD)
