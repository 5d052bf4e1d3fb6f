"""Prints what an environment's functions log while another command runs in the terminal."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from scripts.aws.deployment import Deployed
from scripts.operate import logs
from scripts.operate.log_lines import Logs, moment
from scripts.terminal.steps import console

_RETRY_SECONDS = 1
_MILLISECOND = 0.001  # CloudWatch's times are of whole milliseconds


@contextmanager
def tailing(deployed: Deployed) -> Iterator[None]:
    """Show every line of both functions from now on, errors in red, to the end of the block."""
    stop = threading.Event()
    source = Logs(deployed.client("logs"), deployed.functions)
    thread = threading.Thread(target=_show, args=(source, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _show(source: Logs, stop: threading.Event) -> None:
    since = time.time()
    while not stop.is_set():
        try:
            for line in source.follow(since, stop.is_set):
                console.print(logs.as_text(line), soft_wrap=True)
                since = moment(line) + _MILLISECOND
        except (BotoCoreError, ClientError) as error:
            console.print(f"The logs cannot be read: {error}", style="yellow", markup=False)
            stop.wait(_RETRY_SECONDS)
