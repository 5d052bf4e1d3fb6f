"""A dead-letter queue so long that its first messages come in sight again during a look."""

from typing import Any

from scripts.operate.dead_letters import DeadLetters


class Sqs:
    """boto3's client: shows the same ten messages at each look, as if each took half a minute."""

    class exceptions:  # noqa: N801
        ClientError = LookupError

    def __init__(self) -> None:
        self.released: list[str] = []

    def receive_message(self, **_: Any) -> dict[str, Any]:
        attributes = {"MessageGroupId": "T1:C1:1.1", "SentTimestamp": "1700000000000"}
        letter = {"Body": "{}", "Attributes": attributes}
        numbers = map(str, range(10))
        return {"Messages": [{**letter, "MessageId": n, "ReceiptHandle": n} for n in numbers]}

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        return {"Attributes": {"ApproximateNumberOfMessages": "0"}}

    def change_message_visibility(self, **arguments: Any) -> None:
        self.released.append(arguments["ReceiptHandle"])


def test_a_look_ends_and_tells_each_once() -> None:
    sqs = Sqs()
    letters, _ = DeadLetters(sqs, "dead", "requests").look()
    assert [letter.id for letter in letters] == [str(number) for number in range(10)]
    assert {*sqs.released} == {letter.id for letter in letters}
