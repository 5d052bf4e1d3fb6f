"""The code of one deployed function. `client` is boto3's for Lambda.

boto3's own waiters poll every second, which is half of what a swap may take.
"""

import base64
import hashlib
import json
import time
import urllib.request
from typing import Any

from botocore.exceptions import ClientError

from scripts.terminal.problem import Problem

POLL_SECONDS = 0.1
_STABLE_SECONDS = 60
_DOWNLOAD_SECONDS = 30


class DoesNotStart(Problem):
    """The deployed code does not start; the message is the error that it ended with."""


def ping(client: Any, function: str) -> str:
    """Start a function, and return the id of the build that it runs. Raises `DoesNotStart`."""
    response = client.invoke(FunctionName=function, Payload=b'{"ping": true}')
    answer = json.load(response["Payload"])
    if "build" not in answer:
        why = answer.get("errorMessage", "its log says why")
        raise DoesNotStart(f"{function} does not start: {why}")
    return str(answer["build"])


def digest(client: Any, function: str) -> str:
    """The CodeSha256 of what a function runs."""
    return str(client.get_function_configuration(FunctionName=function)["CodeSha256"])


def digest_of(code: bytes) -> str:
    """The CodeSha256 of a zip, as Lambda writes it."""
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def download(client: Any, function: str) -> bytes:
    """The zip that a function runs."""
    url = client.get_function(FunctionName=function)["Code"]["Location"]
    with urllib.request.urlopen(url, timeout=_DOWNLOAD_SECONDS) as answer:  # noqa: S310
        return bytes(answer.read())


def update(client: Any, function: str, code: bytes) -> None:
    """Upload code, after the update that may still be under way."""
    try:
        client.update_function_code(FunctionName=function, ZipFile=code)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceConflictException":
            raise
        settle(client, function)
        client.update_function_code(FunctionName=function, ZipFile=code)


def settle(client: Any, function: str) -> None:
    """Wait until every invocation gets the code that was uploaded last.

    Raises `DoesNotStart` where Lambda refuses it.
    """
    until = time.monotonic() + _STABLE_SECONDS
    while time.monotonic() < until:
        configuration = client.get_function_configuration(FunctionName=function)
        if configuration["LastUpdateStatus"] == "Successful":
            return
        if configuration["LastUpdateStatus"] == "Failed":
            raise DoesNotStart(
                f"{function} does not take the code: {configuration.get('LastUpdateStatusReason')}"
            )
        time.sleep(POLL_SECONDS)
    raise Problem(f"{function} is still being updated after {_STABLE_SECONDS} s: try again later")
