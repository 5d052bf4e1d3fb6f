"""`./stackbot cdk`: swapped code is refused however its environment is named."""

import pytest

from scripts.__main__ import main


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
