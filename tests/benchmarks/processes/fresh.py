"""Fresh processes, as each cold start is one: code and packages in folders, and little else."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from infra import bundle
from tests.benchmarks.processes.loopback import SECRET, Json

CONTESTANTS = Path(__file__).parents[1] / "contestants"
_BOTO3 = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
_SECONDS = 60

# The clock runs inside the process: what comes before its first line is the same for all.
_DRIVER = """
import sys, time
module, text = sys.argv[1], sys.stdin.read()
print(time.time(), flush=True)
started = time.perf_counter()
class Context:
    aws_request_id, function_name = "request-1", "stackbot-bench"
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:stackbot-bench"
    @staticmethod
    def get_remaining_time_in_millis(): return 60_000
import json
__import__(module)
answer = sys.modules[module].handler(json.loads(text), Context)
seconds = time.perf_counter() - started
print(json.dumps({"answer": answer, "seconds": seconds}))
"""


@dataclass(frozen=True, slots=True)
class Lambdas:
    """The folders that fresh processes import from."""

    code: Path
    packages: Path
    packages_without_bytecode: Path

    @classmethod
    def laid_out(cls, folder: Path) -> "Lambdas":
        """Lay out `folder` as AWS does: our code has no bytecode there, a layer may have some."""
        code, packages, bare = folder / "code", folder / "packages", folder / "without-pyc"
        for path in bundle.code_files():
            to = code / path.relative_to(bundle.ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
        for path in CONTESTANTS.glob("*.py"):
            shutil.copyfile(path, code / path.name)
        packages.mkdir()
        bare.mkdir()
        layer = bundle.unpacked(bundle.Target.this_machine())
        for path in [*layer.iterdir(), *map(_installed, _BOTO3)]:
            if path.name != "__pycache__":
                (packages / path.name).symlink_to(path)
                _copy_sources(path, bare / path.name)
        return cls(code, packages, bare)

    def run(self, module: str, event: Json, variables: Mapping[str, str]) -> Json:
        """Hand `event` to a module's handler in a fresh process.

        Returns its `answer`, and the `seconds` it took from the process's first line on.
        """
        with self._process(module, variables, self.packages) as process:
            output, errors = process.communicate(json.dumps(event), _SECONDS)
        if process.returncode:
            raise RuntimeError(f"{module} failed: {errors.strip()[-600:]}")
        outcome: Json = json.loads(output.splitlines()[-1])
        return outcome

    @contextmanager
    def started(
        self, module: str, event: Json, variables: Mapping[str, str], *, bytecode: bool
    ) -> Iterator[float]:
        """The epoch time of the first line of such a process, which ends with the block."""
        packages = self.packages if bytecode else self.packages_without_bytecode
        with self._process(module, variables, packages) as process:
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps(event))
            process.stdin.close()
            yield float(process.stdout.readline())

    @contextmanager
    def _process(
        self, module: str, variables: Mapping[str, str], packages: Path
    ) -> Iterator["subprocess.Popen[str]"]:
        with subprocess.Popen(
            [_python(), "-s", "-B", "-P", "-c", _DRIVER, module],
            env={"PYTHONPATH": f"{self.code}:{packages}", "PATH": "/usr/bin:/bin", **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


def lambda_variables(url: str) -> dict[str, str]:
    """What Lambda sets on every function, with AWS at `url`."""
    return {
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "not-a-real-key",
        "AWS_SESSION_TOKEN": "not-a-real-session",
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SLACK_SIGNING_SECRET": SECRET,
        "BOT_NAME": "StackBot",
        "BOT_ENVIRONMENT": "bench",
        "BOT_LOG_LEVEL": "INFO",
        "BOT_QUEUE_URL": f"{url}/000000000000/requests.fifo",
        "BOT_TABLE": "stackbot-bench",
    }


def _python() -> str:
    """The interpreter itself: a virtual environment's start-up files are not Lambda's."""
    return str(getattr(sys, "_base_executable", sys.executable))


def _installed(name: str) -> Path:
    spec = find_spec(name)
    assert spec
    assert spec.origin
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def _copy_sources(path: Path, to: Path) -> None:
    """Copy without bytecode. botocore's models, most of its size, are linked instead."""
    if path.is_file():
        shutil.copyfile(path, to)
        return
    without = ("__pycache__", "data") if path.name == "botocore" else ("__pycache__",)
    shutil.copytree(path, to, ignore=shutil.ignore_patterns(*without))
    if path.name == "botocore":
        (to / "data").symlink_to(path / "data")
