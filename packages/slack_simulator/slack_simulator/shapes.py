"""The type of JSON objects, as Slack sends and accepts them."""

from typing import Any

Json = dict[str, Any]
