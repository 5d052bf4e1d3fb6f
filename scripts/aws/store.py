"""The parameters of an environment in SSM: its secrets, and what its commands remember."""

from botocore.exceptions import ClientError

from infra.names import parameter_name
from scripts.aws.account import Account


def read(account: Account, name: str) -> str | None:
    """The parameter's value, or None where there is no such parameter."""
    try:
        response = account.client("ssm").get_parameter(
            Name=parameter_name(account.row.name, name), WithDecryption=True
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return None
    return str(response["Parameter"]["Value"])


def write(account: Account, name: str, value: str, *, secret: bool = True) -> None:
    account.client("ssm").put_parameter(
        Name=parameter_name(account.row.name, name),
        Value=value,
        Type="SecureString" if secret else "String",
        Overwrite=True,
    )
