"""`./stackbot watch`, on the local stack, whose loop is otherwise `./stackbot local`'s own.

A dev environment in the emulator would do, too, but for the layer that it unpacks at each start.
"""

import signal
import threading

from infra.environments import LOCAL
from scripts.aws import deployment
from scripts.develop import reload
from scripts.develop.watch import Watched
from scripts.terminal.interruption import end_on


def main() -> None:
    """Bring out saves until SIGTERM."""
    end_on(signal.SIGTERM)
    with deployment.deployed(LOCAL.name) as deployed:
        reload.watch(Watched(deployed), threading.Event(), reload.print_json)


if __name__ == "__main__":
    main()
