"""The command `python -m slack_simulator`."""

import argparse
import json
import signal
import sys
from pathlib import Path

from slack_simulator.server import Simulator

EXAMPLE = """\
example:
  python -m slack_simulator --port 3900 --request-url http://127.0.0.1:3000/slack/events

Then point the bot's Slack client at http://127.0.0.1:3900/api/ and open http://127.0.0.1:3900/.
"""


def main(arguments: list[str]) -> int:
    """Serve until Ctrl-C. Returns the exit status."""
    options = _parser().parse_args(arguments)
    # A shell without job control starts a program in the background with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        simulator = Simulator(
            port=options.port,
            manifest=json.loads(options.manifest.read_text()) if options.manifest else None,
            signing_secret=options.signing_secret,
            bot_token=options.bot_token,
            app_token=options.app_token,
            request_url=options.request_url,
            limits=not options.no_limits,
            time_scale=options.time_scale,
        ).start()
    except (OSError, ValueError) as error:
        print(f"The simulator did not start: {error}", file=sys.stderr)
        return 1
    try:
        print(f"Slack is at {simulator.url}/  (Web API: {simulator.api_url})  Ctrl-C stops it.")
        sys.stdout.flush()
        simulator.wait()
    except KeyboardInterrupt:
        simulator.stop()
    return 0


def command() -> int:
    """The command `slack-simulator`."""
    return main(sys.argv[1:])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m slack_simulator",
        description="A Slack on this machine: Web API, signed events, a page to chat on.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=3900, help="port on 127.0.0.1, 0 for any")
    parser.add_argument("--request-url", help="where the bot receives events and interactions")
    parser.add_argument("--manifest", type=Path, help="the app's manifest, as JSON")
    parser.add_argument("--signing-secret", default="not-a-real-secret")
    parser.add_argument("--bot-token", default="xoxb-fake")
    parser.add_argument("--app-token", default="xapp-fake", help="for Socket Mode")
    parser.add_argument("--no-limits", action="store_true", help="no sizes, rates or time limits")
    parser.add_argument("--time-scale", type=float, default=1.0, help="60: an hour takes a minute")
    return parser


if __name__ == "__main__":
    sys.exit(command())
