"""`./stackbot watch`, on the local stack, whose loop is otherwise `./stackbot local`'s own.

A dev environment in the emulator would do, too, but for the layer that it unpacks at each start.
"""

import signal
import threading
from types import FrameType

from infra.environments import LOCAL
from scripts import reach
from scripts.developing import reload
from scripts.developing.watch import Watched


def main() -> None:
    """Bring out saves until SIGTERM."""
    signal.signal(signal.SIGTERM, _interrupt)
    with reach.deployed(LOCAL.name) as deployed:
        reload.watch(Watched(deployed), threading.Event(), reload.print_json)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
