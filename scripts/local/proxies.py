"""A company's proxy is for what is elsewhere: it cannot reach this machine's loopback.

Node, Python, boto3, uv and httpx all read NO_PROXY; Slack's SDK does not.
"""

from collections.abc import Mapping, MutableMapping
from urllib.parse import urlsplit

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PROXIES = ("https_proxy", "all_proxy", "http_proxy")


def spare_loopback(variables: MutableMapping[str, str]) -> None:
    """Add loopback to NO_PROXY where a proxy is set; what the user has excepted stays."""
    if not _proxy(variables):
        return
    # Where both are set, Python and curl go by the small one.
    excepted = variables.get("no_proxy") or variables.get("NO_PROXY") or ""
    hosts = [host.strip() for host in excepted.split(",") if host.strip()]
    merged = ",".join([*hosts, *(host for host in _LOOPBACK if host not in hosts)])
    variables["NO_PROXY"] = variables["no_proxy"] = merged


def for_lambdas(shell: Mapping[str, str]) -> dict[str, str]:
    """The variables by which Lambdas on this machine reach a model elsewhere by the user's proxy.

    ALL_PROXY is read by the model's client and not by Slack's, whose Slack is on loopback.
    """
    if not (proxy := _proxy(shell)):
        return {}
    variables = {name: shell[name] for name in ("NO_PROXY", "no_proxy") if name in shell}
    variables["ALL_PROXY"] = proxy
    spare_loopback(variables)
    return variables


def is_loopback(url: str) -> bool:
    """Whether the host of `url` is this machine, such as in http://127.0.0.1:3900/api/."""
    return urlsplit(url).hostname in _LOOPBACK


def _proxy(variables: Mapping[str, str]) -> str:
    """The proxy that the variables name; for HTTPS, which most of what is elsewhere speaks."""
    proxies = (variables.get(name) or variables.get(name.upper()) for name in _PROXIES)
    return next(filter(None, proxies), "")
