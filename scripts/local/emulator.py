"""The AWS emulator on this machine. Nothing else knows which one it is."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

from scripts.install import emulator_python
from scripts.local.leftovers import PREFIX, end_leftovers, kill_members, recorded
from scripts.local.ports import free_port, port_is_free
from scripts.local.proxies import for_lambdas
from scripts.terminal.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
_START_SECONDS = 20
_STOP_SECONDS = 5
_RAM_DISK = Path("/dev/shm")  # noqa: S108 - https://man7.org/linux/man-pages/man7/shm_overview.7.html
_ROOM = 512 * 1024**2
"""In bytes: where less is free in memory, the emulator's files are on the disk."""


class EmulatorError(Problem):
    """The emulator did not start; the message says why."""


class Emulator:
    """ministack, in an environment of its own and with its files in memory where there is room."""

    def __init__(
        self,
        port: int = 0,
        account: str = "000000000001",
        enforce_iam: bool = False,
        quota: int | None = None,
    ) -> None:
        """`quota` is how many functions may run at once; None leaves it to the machine's memory."""
        self._quota = quota
        self.port = port or free_port()
        self.account = account
        self.token = secrets.token_urlsafe(24)
        """The secret of this run, which every request needs: a client's session token."""
        self._enforce_iam = enforce_iam
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch = ""
        self._records = contextlib.ExitStack()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """What an AWS client needs in its environment; the access key names the account."""
        return client_variables(self.url, self.account, self.token)

    def __enter__(self) -> Self:
        if not port_is_free(self.port):
            raise EmulatorError(f"Port {self.port} is taken.")
        end_leftovers()
        disk = _RAM_DISK if _has_room(_RAM_DISK) else None
        self._scratch = tempfile.mkdtemp(prefix=PREFIX, dir=disk)
        try:
            self._records.enter_context(recorded(self._scratch))
            self._process = self._launch()
            self._records.enter_context(recorded(self._scratch, self._process.pid))
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the emulator with all of its Lambdas, and remove its files."""
        if self._process is not None:
            # It leads a session of its own, so this reaches the Lambdas and nothing else.
            for number in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_STOP_SECONDS)
            self._process = None
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._records.close()

    def kill(self, function: str) -> int:
        """Kill the processes that run a Lambda, as a crash would; returns how many there were."""
        assert self._process is not None
        return kill_members(self._process.pid, f"ministack-lambda-{function}-")

    def log(self) -> str:
        """What the emulator itself has printed."""
        return self._log_file.read_text(errors="replace")

    @property
    def _log_file(self) -> Path:
        return Path(self._scratch) / "emulator.log"

    def _launch(self) -> subprocess.Popen[bytes]:
        with self._log_file.open("wb") as log:
            return subprocess.Popen(
                [emulator_python(ROOT), "-m", "scripts.local.emulator_server"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        """The emulator's environment. Its Lambdas see all of it, so it is as small as possible."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": self._scratch,
            "TMPDIR": self._scratch,
            "BIND_HOST": "127.0.0.1",
            "AWS_SESSION_TOKEN": self.token,
            "GATEWAY_PORT": str(self.port),
            # Requests without a signature, as Slack sends them, reach this account only.
            "MINISTACK_ACCOUNT_ID": self.account,
            **for_lambdas(os.environ),
            **({"AUTH": "true"} if self._enforce_iam else {}),
            **({"LAMBDA_ACCOUNT_CONCURRENCY": str(self._quota)} if self._quota else {}),
        }

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise EmulatorError(self.log().strip()[-500:])
            if self._is_ready():
                return
            time.sleep(0.02)
        raise EmulatorError(f"no answer on port {self.port} within {_START_SECONDS} s")

    def _is_ready(self) -> bool:
        """Whether it answers; http.client uses no proxy, whatever the shell says."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request(
                "GET", "/_ministack/health", headers={"X-Amz-Security-Token": self.token}
            )
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def _has_room(disk: Path) -> bool:
    """Whether the emulator's files fit there; a container often has 64 MB of shared memory."""
    return os.access(disk, os.W_OK) and shutil.disk_usage(disk).free > _ROOM


def client_variables(url: str, account: str, token: str) -> dict[str, str]:
    """What a client of the emulator at `url` needs; several accounts live there side by side.

    `token` is the secret of the emulator's run.
    """
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_SESSION_TOKEN": token,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def api_url(emulator: str, url: str, path: str) -> str:
    """Where the HTTP API whose own URL is `url` answers, if it is of the emulator's own account.

    An API of another account there is found by a query: `?AWSAccessKeyId=` and the account.
    """
    api_id = url.split("//")[1].split(".")[0]
    return f"{emulator}/_aws/execute-api/{api_id}/$default{path}"
