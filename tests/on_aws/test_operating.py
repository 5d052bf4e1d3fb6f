"""`./stackbot status`, `logs` and `redrive` of an environment on AWS."""

import json

from tests.on_aws.conftest import Cloud

SENTENCES = {
    "worker": "does not start",
    "knowledge": "there is no index",
    "spending": "Slack is not connected yet",
}


def test_a_stack_alone_is_not_well_and_says_what_it_lacks(dev: Cloud) -> None:
    done = dev.run("status", "dev")
    assert done.returncode == 1
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    unwell = {name: told for mark, name, told in lines if mark == "✗"}
    assert unwell.keys() >= SENTENCES.keys()
    assert all(sentence in unwell[name] for name, sentence in SENTENCES.items())
    told = json.loads(dev.run("status", "dev", "--json").stdout)
    assert told["stack"] == {"well": True, "status": "CREATE_COMPLETE", "hotswap": "allowed"}
    assert told["ingress"]["swapped"] is False
    assert told["alarms"] == {"well": True, "alarming": []}


def test_logs_and_dead_letters_are_those_of_the_account(dev: Cloud) -> None:
    dev.run("status", "dev")  # starts the worker, which has no secrets yet
    logs, letters = dev.run("logs", "dev"), dev.run("redrive", "dev")
    assert "The SSM parameter /stackbot/dev/slack does not exist" in logs.stdout, logs.stderr
    assert letters.stdout == "No dead letters in dev.\n", letters.stderr
