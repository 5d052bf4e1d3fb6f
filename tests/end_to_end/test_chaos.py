"""The fault campaign in small; and that it would notice, shown with code that is broken."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scripts.local.stack import LocalStack
from tests.campaigns.chaos import plan
from tests.campaigns.chaos.campaign import Campaign, prepared
from tests.campaigns.chaos.plan import Fate, Plan, Question
from tests.campaigns.chaos.trouble import ChaosModel
from tests.campaigns.chaos.verdict import Verdict

NO_CLAIM = """
_real = claim

def claim(table, question, delivery, lease):
    return _real(table, f"{question}#{delivery.message_id}#{delivery.number}", delivery, lease)
"""
NO_RETRIES = """
_real = _handle

def _handle(app, record, context):
    again = record["attributes"]["ApproximateReceiveCount"] != "1"
    return again or _real(app, record, context)
"""
NO_END = """
CitedText.finish = lambda self: ""
"""
NO_GROUPS = """
_real = address

def address(kind, body, raw):
    question, group, once = _real(kind, body, raw)
    return question, once, once
"""
KILLED_BEFORE_ITS_CLAIM = Fate(kills=(0,))


@pytest.fixture
def chaos_model() -> Iterator[ChaosModel]:
    with ChaosModel() as model:
        yield model


def test_whatever_breaks_every_question_gets_one_whole_answer_in_order(
    stack: LocalStack, chaos_model: ChaosModel
) -> None:
    with prepared(stack, chaos_model, plan.draw(seed=4, questions=24, threads=6)) as campaign:
        verdict = _run(campaign)
        assert verdict.passed, json.dumps([campaign.thread(n) for n in _offending(verdict)])
        assert len(verdict.answered) + len(verdict.apologised) == 24
        befell = campaign.trouble.befell
        assert campaign.trouble.kills.strikes.total() >= 3
        for kind in ("delivery", "slack", "model"):
            assert any(name.startswith(kind) for name in befell), kind


def test_without_the_claim_the_campaign_reports_doubled_answers(
    stack: LocalStack, chaos_model: ChaosModel
) -> None:
    told_twice = Fate(delivery="duplicate", late=True)
    with _sabotaged(stack, "bot/state/claims.py", NO_CLAIM):
        verdict = _verdict_on(stack, chaos_model, told_twice, Fate())
    assert verdict.doubled == [1]
    assert verdict.answered == [2]


def test_with_redeliveries_dropped_the_campaign_reports_lost_answers(
    stack: LocalStack, chaos_model: ChaosModel
) -> None:
    with _sabotaged(stack, "bot/worker/handler.py", NO_RETRIES):
        verdict = _verdict_on(stack, chaos_model, KILLED_BEFORE_ITS_CLAIM, Fate())
    assert verdict.lost == [1]


def test_with_its_end_held_back_the_campaign_reports_a_cut_answer(
    stack: LocalStack, chaos_model: ChaosModel
) -> None:
    with _sabotaged(stack, "bot/answering/grounding/citations.py", NO_END):
        verdict = _verdict_on(stack, chaos_model, Fate(), Fate())
    assert verdict.cut_off == [1, 2]


def test_without_message_groups_the_campaign_reports_answers_out_of_order(
    stack: LocalStack, chaos_model: ChaosModel
) -> None:
    with _sabotaged(stack, "bot/ingress/handler.py", NO_GROUPS):
        verdict = _verdict_on(stack, chaos_model, KILLED_BEFORE_ITS_CLAIM, *[Fate()] * 3)
    assert verdict.out_of_order == [1]


def _verdict_on(stack: LocalStack, model: ChaosModel, *fates: Fate) -> Verdict:
    """What a campaign finds in which one thread's questions meet these fates."""
    questions = tuple(
        Question(number, 0, "ada", "#general", fate) for number, fate in enumerate(fates, start=1)
    )
    with prepared(stack, model, Plan(2, questions, explore=False)) as campaign:
        return _run(campaign)


def _run(campaign: Campaign) -> Verdict:
    campaign.run(60, lambda _progress: None)
    return campaign.verdict()


def _offending(verdict: Verdict) -> list[int]:
    return [*verdict.lost, *verdict.doubled, *verdict.cut_off, *verdict.out_of_order]


@contextmanager
def _sabotaged(stack: LocalStack, module: str, more: str) -> Iterator[None]:
    """Deploy the code with `more` at the end of one of its modules, for as long as this lasts."""
    _deploy(stack, _with_more(stack.code, module, more))
    try:
        yield
    finally:
        _deploy(stack, stack.code)


def _with_more(code: bytes, module: str, more: str) -> bytes:
    patched = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(code)) as before, zipfile.ZipFile(patched, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            after.writestr(entry, content + more.encode() * (entry.filename == module))
    return patched.getvalue()


def _deploy(stack: LocalStack, code: bytes) -> None:
    for function in stack.functions:
        stack.client("lambda").update_function_code(FunctionName=function, ZipFile=code)
        stack.ping(function)
