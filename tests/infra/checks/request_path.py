"""From Slack to the worker: the API, the functions, the queue between them."""

from tests.infra.check import check, on_aws
from tests.infra.template import Template


@check(broken_by=lambda t: t.only("ApiGatewayV2::Route").update(RouteKey="$default"))
def the_api_takes_posts_to_one_path_only(t: Template) -> bool:
    return [route["RouteKey"] for route in t.properties("ApiGatewayV2::Route")] == [
        "POST /slack/events"
    ]


@check(
    broken_by=lambda t: t.only("ApiGatewayV2::Stage")["DefaultRouteSettings"].pop(
        "ThrottlingRateLimit"
    )
)
def the_rate_of_requests_is_limited(t: Template) -> bool:
    settings = t.only("ApiGatewayV2::Stage")["DefaultRouteSettings"]
    return bool(settings.get("ThrottlingRateLimit") == t.row.throttle_rate == 200)


@check(
    broken_by=lambda t: t.only("ApiGatewayV2::Stage")["DefaultRouteSettings"].update(
        ThrottlingBurstLimit=5_000
    )
)
def the_burst_of_requests_is_limited(t: Template) -> bool:
    settings = t.only("ApiGatewayV2::Stage")["DefaultRouteSettings"]
    return bool(settings.get("ThrottlingBurstLimit") == t.row.throttle_burst == 500)


@check(broken_by=lambda t: t.only("ApiGatewayV2::Integration").update(PayloadFormatVersion="1.0"))
def the_ingress_gets_the_payload_format_it_reads(t: Template) -> bool:
    return bool(t.only("ApiGatewayV2::Integration")["PayloadFormatVersion"] == "2.0")


@check(broken_by=lambda t: t.only("Lambda::Permission").update(SourceArn="arn:aws:execute-api:*"))
def only_this_path_of_this_api_may_call_the_ingress(t: Template) -> bool:
    permission = t.only("Lambda::Permission")
    return (
        permission["Principal"] == "apigateway.amazonaws.com"
        and t.text(permission["FunctionName"]) == t.live("ingress")
        and t.text(permission["SourceArn"]).endswith(":<api>/*/*/slack/events")
    )


@check(broken_by=lambda t: t.resources.update(Url={"Type": "AWS::Lambda::Url"}))
def no_function_has_a_public_address_of_its_own(t: Template) -> bool:
    return not t.every("Lambda::Url")


@check(broken_by=lambda t: t.function("ingress").update(Timeout=10))
def the_ingress_takes_no_longer_than_slack_waits(t: Template) -> bool:
    return bool(t.function("ingress")["Timeout"] == 3)


@check(broken_by=lambda t: t.function("ingress").update(Layers=[{"Ref": "Packages"}]))
def the_ingress_carries_no_layer(t: Template) -> bool:
    return not t.function("ingress").get("Layers")


@check(broken_by=lambda t: t.function("worker").update(Layers=[]), applies=on_aws)
def the_worker_carries_the_one_layer(t: Template) -> bool:
    layers = [t.text(layer) for layer in t.function("worker").get("Layers", [])]
    return layers == ["<layerversion>"] and "PYTHONPATH" not in t.variables("worker")


@check(
    broken_by=lambda t: t.variables("worker").pop("PYTHONPATH"),
    applies=lambda row: row.on_this_machine,
)
def this_machines_worker_finds_its_packages_unpacked(t: Template) -> bool:
    return "PYTHONPATH" in t.variables("worker") and not t.function("worker").get("Layers")


@check(broken_by=lambda t: t.function("worker").update(Timeout=900))
def the_worker_has_the_time_of_its_row(t: Template) -> bool:
    return bool(t.function("worker")["Timeout"] == t.row.worker_timeout)


@check(broken_by=lambda t: t.change_cells(worker_timeout=900))
def the_worker_knows_its_time_out(t: Template) -> bool:
    return bool(t.cells["worker_timeout"] == t.row.worker_timeout)


@check(broken_by=lambda t: t.change_cells(lease=10))
def a_lease_outlives_the_worker_that_holds_it(t: Template) -> bool:
    return bool(t.cells["lease"] > t.function("worker")["Timeout"])


@check(broken_by=lambda t: t.requests.update(VisibilityTimeout=_within_the_lease(t)))
def a_message_stays_hidden_until_the_lease_has_run_out(t: Template) -> bool:
    hidden = t.requests["VisibilityTimeout"]
    return bool(hidden == t.row.visibility > t.cells["lease"])


def _within_the_lease(t: Template) -> int:
    return int(t.cells["lease"]) - 1


@check(broken_by=lambda t: t.function("worker").update(Architectures=["x86_64"]))
def both_functions_run_on_the_architecture_of_their_layer(t: Template) -> bool:
    return [resource["Architectures"] for resource in t.properties("Lambda::Function")] == [
        ["arm64"]
    ] * 2


@check(broken_by=lambda t: t.function("ingress").update(Runtime="python3.9"))
def both_functions_run_the_python_of_their_layer(t: Template) -> bool:
    return {resource["Runtime"] for resource in t.properties("Lambda::Function")} == {
        f"python{t.row.python}"
    }


@check(broken_by=lambda t: t.requests.pop("FifoQueue"))
def the_queue_keeps_the_order_of_a_thread(t: Template) -> bool:
    return t.requests.get("FifoQueue") is True


@check(broken_by=lambda t: t.dead_letters.pop("FifoQueue"))
def the_dead_letter_queue_keeps_it_too(t: Template) -> bool:
    return t.dead_letters.get("FifoQueue") is True


@check(broken_by=lambda t: t.requests.update(ContentBasedDeduplication=True))
def messages_are_told_apart_by_their_question_not_their_bytes(t: Template) -> bool:
    return not t.requests.get("ContentBasedDeduplication")


@check(broken_by=lambda t: t.requests["RedrivePolicy"].update(maxReceiveCount=1_000))
def a_message_is_given_up_after_the_deliveries_of_the_row(t: Template) -> bool:
    policy = t.requests["RedrivePolicy"]
    return (
        policy["maxReceiveCount"] == t.row.deliveries == 4
        and t.text(policy["deadLetterTargetArn"]) == "<dead letters>"
    )


@check(broken_by=lambda t: t.change_cells(deliveries=3))
def the_worker_knows_which_delivery_is_the_last(t: Template) -> bool:
    last = t.requests["RedrivePolicy"]["maxReceiveCount"]
    return bool(t.cells["deliveries"] == last)


@check(broken_by=lambda t: t.dead_letters.pop("MessageRetentionPeriod"))
def dead_letters_wait_fourteen_days_for_someone(t: Template) -> bool:
    return bool(t.dead_letters.get("MessageRetentionPeriod") == 14 * 24 * 3_600)


@check(broken_by=lambda t: t.only("Lambda::EventSourceMapping").update(BatchSize=10))
def a_worker_gets_one_question_at_a_time(t: Template) -> bool:
    return bool(t.only("Lambda::EventSourceMapping")["BatchSize"] == 1)


@check(broken_by=lambda t: t.only("Lambda::EventSourceMapping").pop("FunctionResponseTypes"))
def a_worker_can_return_a_question_without_crashing(t: Template) -> bool:
    types = t.only("Lambda::EventSourceMapping").get("FunctionResponseTypes")
    return bool(types == ["ReportBatchItemFailures"])


@check(broken_by=lambda t: t.only("Lambda::EventSourceMapping").pop("ScalingConfig"))
def workers_are_limited_to_half_of_a_new_account(t: Template) -> bool:
    scaling = t.only("Lambda::EventSourceMapping").get("ScalingConfig", {})
    parameter = scaling.get("MaximumConcurrency", {}).get("Ref", "")
    default = t.parameters.get(parameter, {}).get("Default", 0)
    return bool(default == t.row.maximum_concurrency <= 5)


@check(
    broken_by=lambda t: t.only("Lambda::EventSourceMapping").update(
        EventSourceArn="arn:aws:sqs:::another"
    )
)
def the_worker_is_fed_by_the_queue(t: Template) -> bool:
    return t.text(t.only("Lambda::EventSourceMapping")["EventSourceArn"]) == "<requests>"
