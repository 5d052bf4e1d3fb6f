"""The one DynamoDB table, and what can be asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.aws import AwsError, Client

Item = dict[str, Any]
"""In DynamoDB's own form: `{"at": {"N": "1"}}`."""


class ConditionFailed(Exception):
    """The item is not as the write's condition wants it: nothing was written."""


@dataclass(frozen=True, slots=True)
class Table:
    """Items by their key, `pk`. Every call raises `AwsError` where AWS refuses."""

    aws: Client
    name: str

    def get(self, *keys: str) -> dict[str, Item]:
        """Those of a few items that are there, read consistently, by their keys."""
        wanted = {"Keys": [_key(key) for key in keys], "ConsistentRead": True}
        answer = self._call("BatchGetItem", RequestItems={self.name: wanted})
        if answer.get("UnprocessedKeys"):  # a throttled key would look like one that is not there
            raise AwsError("dynamodb", "BatchGetItem", 200, "UnprocessedKeys")
        return {item["pk"]["S"]: item for item in answer["Responses"].get(self.name, ())}

    def update(
        self,
        key: str,
        expression: str,
        values: Mapping[str, Any],
        *,
        condition: str = "",
        names: Mapping[str, str] | None = None,
    ) -> Item:
        """Write one item, and return it as it then is. Raises `ConditionFailed`."""
        try:
            answer = self._call(
                "UpdateItem",
                TableName=self.name,
                Key=_key(key),
                UpdateExpression=expression,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                **({"ConditionExpression": condition} if condition else {}),
                **({"ExpressionAttributeNames": names} if names else {}),
            )
        except AwsError as error:
            if error.code == "ConditionalCheckFailedException":
                raise ConditionFailed(key) from None
            raise
        item: Item = answer["Attributes"]
        return item

    def _call(self, operation: str, **payload: Any) -> dict[str, Any]:
        return self.aws.call("dynamodb", f"DynamoDB_20120810.{operation}", payload)


def number(value: float) -> dict[str, str]:
    """A number as DynamoDB writes it."""
    return {"N": str(value)}


def _key(key: str) -> Item:
    return {"pk": {"S": key}}
