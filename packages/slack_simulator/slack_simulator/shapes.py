"""The one shape everything here passes around: a JSON object, as Slack sends and takes them."""

from typing import Any

Json = dict[str, Any]
