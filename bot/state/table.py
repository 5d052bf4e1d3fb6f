"""The one DynamoDB table: the calls that the bot makes, and values in DynamoDB's form."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.runtime.aws import AwsError, Client

Item = dict[str, Any]
"""An item in DynamoDB's form: `{"at": {"N": "1"}}`."""

Plain = Mapping[str, Any]
"""An item in Python's form: texts, numbers, and lists and mappings of them."""

DAY = 86_400
"""In seconds, as an item's `ttl` counts."""

BY_PERSON = "by-person"
"""The index of all items with a `person`, in the order of their `at`."""

_DELETED_AT_ONCE = 25
"""DynamoDB's limit for BatchWriteItem."""


class ConditionFailed(Exception):
    """The item does not meet the write's condition: nothing was written."""


@dataclass(frozen=True, slots=True)
class Table:
    """Items by their key, `pk`. Every call raises `AwsError` if AWS refuses it."""

    aws: Client
    name: str

    def get(self, *keys: str) -> dict[str, Item]:
        """Up to 100 items, read consistently, by key; without those that do not exist."""
        request = {"Keys": [_key(key) for key in keys], "ConsistentRead": True}
        answer = self._call("BatchGetItem", RequestItems={self.name: request})
        if answer.get("UnprocessedKeys"):  # a throttled key would look like a missing item
            raise AwsError("dynamodb", "BatchGetItem", 200, "UnprocessedKeys")
        return {item["pk"]["S"]: item for item in answer["Responses"].get(self.name, ())}

    def item(self, key: str) -> Item:
        """One item, read consistently; empty if it does not exist."""
        return self.get(key).get(key, {})

    def update(
        self,
        key: str,
        expression: str,
        values: Mapping[str, Any],
        *,
        condition: str = "",
        names: Mapping[str, str] | None = None,
    ) -> Item:
        """Update one item by an expression, and return the new item. Raises `ConditionFailed`."""
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

    def put(
        self, key: str, fields: Plain, *, without: Iterable[str] = (), condition: str = ""
    ) -> Item:
        """Set `fields` of one item and remove those of `without`; reserved words are fine as names.

        Returns the new item. Raises `ConditionFailed`.
        """
        removed = tuple(without)
        setting = "SET " + ", ".join(f"#{name} = :{name}" for name in fields)
        removing = " REMOVE " + ", ".join(f"#{name}" for name in removed) if removed else ""
        return self.update(
            key,
            setting + removing,
            {f":{name}": typed(value) for name, value in fields.items()},
            condition=condition,
            names={f"#{name}": name for name in (*fields, *removed)},
        )

    def of_person(self, person: str) -> Iterator[Item]:
        """The items of a person ("team:user"), with the fields that the index has."""
        condition = {"KeyConditionExpression": "person = :person"}
        values = {"ExpressionAttributeValues": {":person": {"S": person}}}
        return self._pages("Query", IndexName=BY_PERSON, **condition, **values)

    def of_everybody(self) -> Iterator[Item]:
        """The items of all people, with the fields that the index has."""
        return self._pages("Scan", IndexName=BY_PERSON)

    def starting_with(self, prefix: str) -> Iterator[Item]:
        """Every item whose key has this prefix. Scans the table, which no Lambda is allowed to."""
        values = {"ExpressionAttributeValues": {":prefix": {"S": prefix}}}
        return self._pages("Scan", FilterExpression="begins_with(pk, :prefix)", **values)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete items, whether they exist or not."""
        unique_keys = iter(dict.fromkeys(keys))
        requests: list[Item] = []
        while True:
            room = _DELETED_AT_ONCE - len(requests)
            requests += [{"DeleteRequest": {"Key": _key(key)}} for key in islice(unique_keys, room)]
            if not requests:
                return
            answer = self._call("BatchWriteItem", RequestItems={self.name: requests})
            requests = answer.get("UnprocessedItems", {}).get(self.name, [])

    def _pages(self, operation: str, **payload: Any) -> Iterator[Item]:
        while True:
            answer = self._call(operation, TableName=self.name, **payload)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            payload["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _call(self, operation: str, **payload: Any) -> dict[str, Any]:
        return self.aws.call("dynamodb", f"DynamoDB_20120810.{operation}", payload)


def number(value: float) -> dict[str, str]:
    """A number in DynamoDB's form."""
    return {"N": str(value)}


def typed(value: object) -> Item:
    """A value in DynamoDB's form. Raises `TypeError` for a type that it has none for."""
    match value:
        case str():
            return {"S": value}
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return number(value)
        case Mapping():
            return {"M": {name: typed(inner) for name, inner in value.items()}}
        case Iterable():
            return {"L": [typed(inner) for inner in value]}
    raise TypeError(f"the table holds no {type(value).__name__}")


def plain(item: Item) -> dict[str, Any]:
    """An item in Python's form."""
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Item) -> Any:
    ((kind, inner),) = value.items()
    match kind:
        case "N":
            return float(inner)
        case "NULL":
            return None
        case "M":
            return plain(inner)
        case "L":
            return [_plain(element) for element in inner]
        case _:
            return inner


def _key(key: str) -> Item:
    return {"pk": {"S": key}}
