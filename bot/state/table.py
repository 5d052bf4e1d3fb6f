"""The one DynamoDB table, and what can be asked of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.runtime.aws import AwsError, Client

Item = dict[str, Any]
"""In DynamoDB's own form: `{"at": {"N": "1"}}`."""

Plain = Mapping[str, Any]
"""The same in Python's: texts, numbers, and lists and mappings of them."""

DAY = 86_400
"""In seconds, as an item's `ttl` counts."""

BY_PERSON = "by-person"
"""The index of what is kept of people: its items have a `person`, in the order of their `at`."""

_DELETED_AT_ONCE = 25


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

    def one(self, key: str) -> Item:
        """One item, read consistently; empty where there is none."""
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

    def put(
        self, key: str, fields: Plain, *, without: Iterable[str] = (), condition: str = ""
    ) -> Item:
        """Set fields of one item and take others away, whatever they are called.

        Returns the item as it then is. Raises `ConditionFailed`.
        """
        gone = tuple(without)
        setting = "SET " + ", ".join(f"#{name} = :{name}" for name in fields)
        removing = " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
        return self.update(
            key,
            setting + removing,
            {f":{name}": typed(value) for name, value in fields.items()},
            condition=condition,
            names={f"#{name}": name for name in (*fields, *gone)},
        )

    def of_person(self, person: str) -> Iterator[Item]:
        """What is kept of somebody ("team:user"), as far as the index holds it."""
        condition = {"KeyConditionExpression": "person = :person"}
        values = {"ExpressionAttributeValues": {":person": {"S": person}}}
        return self._pages("Query", IndexName=BY_PERSON, **condition, **values)

    def of_everybody(self) -> Iterator[Item]:
        """What is kept of all people, as far as the index holds it."""
        return self._pages("Scan", IndexName=BY_PERSON)

    def starting_with(self, prefix: str) -> Iterator[Item]:
        """Every item whose key starts so. Reads the whole table: no Lambda may do that."""
        values = {"ExpressionAttributeValues": {":prefix": {"S": prefix}}}
        return self._pages("Scan", FilterExpression="begins_with(pk, :prefix)", **values)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete items, whether they are there or not."""
        wanted = iter(dict.fromkeys(keys))
        requests: list[Item] = []
        while True:
            room = _DELETED_AT_ONCE - len(requests)
            requests += [{"DeleteRequest": {"Key": _key(key)}} for key in islice(wanted, room)]
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
    """A number as DynamoDB writes it."""
    return {"N": str(value)}


def typed(value: object) -> Item:
    """A value in DynamoDB's own form."""
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
    """An item in Python's form: the other way round."""
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
            return [_plain(one) for one in inner]
        case _:
            return inner


def _key(key: str) -> Item:
    return {"pk": {"S": key}}
