"""What is kept: encrypted, closed to the public, and as safe as the environment's row says."""

from infra.environments import Environment
from scripts.develop.socket_mode.backing import TABLE
from tests.infra.check import check, on_aws
from tests.infra.template import Json, Template


def _flip(properties: Json, name: str) -> None:
    properties[name] = not properties.get(name, False)


def _open(t: Template, kind: str) -> None:
    for policy in t.properties(kind):
        policy["PolicyDocument"]["Statement"] = []


def _policy(row: Environment) -> str:
    return "Retain" if row.keep_data else "Delete"


def _swap_policy(t: Template, kind: str) -> None:
    for resource in t.every(kind):
        resource["DeletionPolicy"] = (
            "Delete" if resource["DeletionPolicy"] == "Retain" else "Retain"
        )


@check(broken_by=lambda t: t.requests.pop("SqsManagedSseEnabled"))
def the_queue_is_encrypted(t: Template) -> bool:
    return t.requests.get("SqsManagedSseEnabled") is True


@check(broken_by=lambda t: t.dead_letters.update(SqsManagedSseEnabled=False))
def the_dead_letter_queue_is_encrypted(t: Template) -> bool:
    return t.dead_letters.get("SqsManagedSseEnabled") is True


@check(broken_by=lambda t: _open(t, "SQS::QueuePolicy"), applies=on_aws)
def both_queues_insist_on_tls(t: Template) -> bool:
    return all(
        t.denies_plain_http("SQS::QueuePolicy", "Queues", queue)
        for queue in ("<requests>", "<dead letters>")
    )


@check(broken_by=lambda t: _open(t, "S3::BucketPolicy"), applies=on_aws)
def the_bucket_insists_on_tls(t: Template) -> bool:
    return t.denies_plain_http("S3::BucketPolicy", "Bucket", "<bucket>")


@check(broken_by=lambda t: t.only("S3::Bucket").pop("BucketEncryption"))
def the_bucket_is_encrypted(t: Template) -> bool:
    return "BucketEncryption" in t.only("S3::Bucket")


@check(
    broken_by=lambda t: t.only("S3::Bucket")["PublicAccessBlockConfiguration"].update(
        BlockPublicPolicy=False
    )
)
def the_bucket_is_closed_to_the_public(t: Template) -> bool:
    blocked = t.only("S3::Bucket")["PublicAccessBlockConfiguration"]
    return len(blocked) == 4 and all(value is True for value in blocked.values())


@check(broken_by=lambda t: t.only("S3::Bucket").pop("VersioningConfiguration"))
def a_bad_index_can_be_taken_back(t: Template) -> bool:
    versioning = t.only("S3::Bucket").get("VersioningConfiguration", {})
    return bool(versioning.get("Status") == "Enabled")


@check(broken_by=lambda t: t.only("S3::Bucket").pop("LifecycleConfiguration"))
def old_indexes_do_not_pile_up(t: Template) -> bool:
    rules = t.only("S3::Bucket").get("LifecycleConfiguration", {}).get("Rules", [])
    return any("NoncurrentVersionExpiration" in rule for rule in rules)


@check(
    broken_by=lambda t: t.only("DynamoDB::Table")["KeySchema"].append(
        {"AttributeName": "sk", "KeyType": "RANGE"}
    )
)
def the_table_has_one_key(t: Template) -> bool:
    table = t.only("DynamoDB::Table")
    return bool(table["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}])


@check(broken_by=lambda t: t.only("DynamoDB::Table").pop("GlobalSecondaryIndexes"))
def what_is_kept_of_somebody_can_be_found(t: Template) -> bool:
    return bool(
        t.only("DynamoDB::Table").get("GlobalSecondaryIndexes")
        == [
            {
                "IndexName": "by-person",
                "KeySchema": [
                    {"AttributeName": "person", "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["raters"]},
            }
        ]
    )


@check(broken_by=lambda t: t.only("DynamoDB::Table").update(BillingMode="PROVISIONED"))
def the_table_of_socket_mode_has_the_same_shape(t: Template) -> bool:
    table = t.only("DynamoDB::Table")
    return {name: table[name] for name in TABLE} == TABLE


@check(broken_by=lambda t: t.only("DynamoDB::Table")["AttributeDefinitions"].pop())
def the_keys_of_the_table_have_their_types(t: Template) -> bool:
    types = t.only("DynamoDB::Table")["AttributeDefinitions"]
    return {entry["AttributeName"]: entry["AttributeType"] for entry in types} == {
        "pk": "S",
        "person": "S",
        "at": "N",
    }


@check(
    broken_by=lambda t: t.only("DynamoDB::Table")["TimeToLiveSpecification"].update(Enabled=False)
)
def what_is_old_leaves_the_table_by_itself(t: Template) -> bool:
    lives = t.only("DynamoDB::Table").get("TimeToLiveSpecification")
    return bool(lives == {"AttributeName": "ttl", "Enabled": True})


@check(broken_by=lambda t: t.only("DynamoDB::Table").pop("SSESpecification"))
def the_table_is_encrypted(t: Template) -> bool:
    return bool(t.only("DynamoDB::Table").get("SSESpecification", {}).get("SSEEnabled") is True)


@check(broken_by=lambda t: t.only("DynamoDB::Table").update(BillingMode="PROVISIONED"))
def an_idle_table_costs_nothing(t: Template) -> bool:
    return bool(t.only("DynamoDB::Table")["BillingMode"] == "PAY_PER_REQUEST")


@check(
    broken_by=lambda t: _flip(
        t.only("DynamoDB::Table")["PointInTimeRecoverySpecification"], "PointInTimeRecoveryEnabled"
    )
)
def the_table_can_be_wound_back_where_the_row_says_so(t: Template) -> bool:
    recovery = t.only("DynamoDB::Table")["PointInTimeRecoverySpecification"]
    return bool(recovery["PointInTimeRecoveryEnabled"] is t.row.point_in_time_recovery)


@check(broken_by=lambda t: _flip(t.only("DynamoDB::Table"), "DeletionProtectionEnabled"))
def the_table_is_protected_where_the_row_keeps_data(t: Template) -> bool:
    return bool(t.only("DynamoDB::Table").get("DeletionProtectionEnabled") is t.row.keep_data)


@check(broken_by=lambda t: _swap_policy(t, "DynamoDB::Table"))
def the_table_outlives_the_stack_where_the_row_keeps_data(t: Template) -> bool:
    return [resource["DeletionPolicy"] for resource in t.every("DynamoDB::Table")] == [
        _policy(t.row)
    ]


@check(broken_by=lambda t: _swap_policy(t, "S3::Bucket"))
def the_bucket_outlives_the_stack_where_the_row_keeps_data(t: Template) -> bool:
    return [resource["DeletionPolicy"] for resource in t.every("S3::Bucket")] == [_policy(t.row)]


@check(broken_by=lambda t: _swap_policy(t, "SQS::Queue"))
def the_queues_outlive_the_stack_where_the_row_keeps_data(t: Template) -> bool:
    return [resource["DeletionPolicy"] for resource in t.every("SQS::Queue")] == [
        _policy(t.row)
    ] * 2
