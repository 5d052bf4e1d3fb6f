"""`./stackbot cdk`: swapped code is refused however its environment is named."""

import pytest

from scripts.__main__ import main
from scripts.aws.cdk import environment


@pytest.mark.parametrize(
    "arguments",
    [
        ["deploy", "--hotswap", "-c", "env=prod"],
        ["deploy", "--hotswap", "-c=env=prod"],
        ["deploy", "--hotswap-fallback", "--context=env=staging"],
        ["deploy", "--watch", "stackbot-prod"],
        ["--", "-c", "env=prod", "watch"],
    ],
)
def test_code_is_not_swapped_in_prod_and_staging(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cdk", *arguments]) == 1
    assert "refuses swapped code" in capsys.readouterr().err


def test_the_shell_has_no_say_in_how_something_is_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CDK takes each of its options from a variable, too."""
    for name in ("CDK_HOTSWAP", "CDKHOTSWAP_FALLBACK", "CDK_CONTEXT", "CDK_PROFILE"):
        monkeypatch.setenv(name, "true")
    variables = environment({"AWS_REGION": "eu-west-1"})
    assert {name for name in variables if name.startswith("CDK")} == {
        "CDK_DISABLE_CLI_TELEMETRY",
        "CDK_VALIDATION",
    }
