"""StackBot in an AWS account, from Slack's request to the bot's answer, in reading order."""

import json
import re
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import names
from infra.environments import NAME, Environment
from infra.function import function, grant, log_group
from infra.refusal import deny_hotswap
from infra.release import live

# Enough to tell a throttled request or a failed one, and nobody's data.
ACCESS_LOG = ("requestId", "requestTime", "routeKey", "status", "responseLatency", "error.message")


class BotStack(cdk.Stack):
    """One environment's StackBot. `code` is the zip of `bot/`, `packages` that of the layer.

    On this machine `packages` is the folder into which that zip was unpacked.
    """

    def __init__(self, scope: Construct, row: Environment, *, code: Path, packages: Path) -> None:
        tags = {"environment": row.name, "hotswap": "allowed" if row.hotswap else "refused"}
        super().__init__(
            scope,
            names.stack_name(row.name),
            description=f"{NAME}, a Slack bot that answers from your documents",
            env=cdk.Environment(account=row.account, region=row.region),
            # An emulator knows the caller alone; AWS also the roles of its bootstrap stack.
            synthesizer=cdk.CliCredentialsStackSynthesizer() if row.on_this_machine else None,
            termination_protection=row.termination_protection,
            tags=tags,
        )
        for key, value in tags.items():
            cdk.Tags.of(self).add(key, value)
        self.row = row
        self._code = lambda_.Code.from_asset(str(code))
        self._packages = packages
        self._keep_or_delete = (
            cdk.RemovalPolicy.RETAIN if row.keep_data else cdk.RemovalPolicy.DESTROY
        )

        self.dead_letters = self._dead_letters()
        self.requests = self._requests(self.dead_letters)
        table = self._table()
        knowledge = self._knowledge()
        self.ingress = self._ingress(self.requests, table)
        self.worker = self._worker(self.requests, self.dead_letters, table, knowledge)
        if row.denies_hotswap:
            deny_hotswap(self.ingress)
            deny_hotswap(self.worker)
        self.live_ingress = live(self.ingress, row)
        self.live_worker = live(self.worker, row)
        self.api = self._api(self.live_ingress)
        self._deliver(self.requests, self.live_worker)
        self._outputs(
            SlackUrl=f"{self.api.api.api_endpoint}{names.EVENTS_PATH}",
            QueueUrl=self.requests.queue_url,
            DeadLetterQueueUrl=self.dead_letters.queue_url,
            Table=table.table_name,
            Bucket=knowledge.bucket_name,
            IngressFunction=self.ingress.function_name,
            WorkerFunction=self.worker.function_name,
        )

    def _ingress(self, requests: sqs.Queue, table: dynamodb.Table) -> lambda_.Function:
        ingress = function(
            self,
            self.row,
            "Ingress",
            "bot.ingress.handler.handler",
            code=self._code,
            layers=[],  # the standard library is enough, and quicker to start
            timeout=3,  # Slack waits no longer
            memory=self.row.ingress_memory,
            variables={
                "BOT_QUEUE_URL": requests.queue_url,
                "BOT_TABLE": table.table_name,
                "BOT_SIGNING_SECRET_PARAMETER": self._parameter("signing-secret"),
            },
        )
        requests.grant(ingress, "sqs:SendMessage")
        grant(ingress, ["dynamodb:PutItem"], [table.table_arn])
        self._grant_parameters(ingress, "signing-secret")
        return ingress

    def _worker(
        self,
        requests: sqs.Queue,
        dead_letters: sqs.Queue,
        table: dynamodb.Table,
        knowledge: s3.Bucket,
    ) -> lambda_.Function:
        worker = function(
            self,
            self.row,
            "Worker",
            "bot.worker.handler.handler",
            code=self._code,
            layers=[] if self.row.on_this_machine else [self._layer()],
            timeout=self.row.worker_timeout,
            memory=self.row.worker_memory,
            variables={
                "BOT_QUEUE_URL": requests.queue_url,
                "BOT_DEAD_LETTERS_URL": dead_letters.queue_url,
                "BOT_TABLE": table.table_name,
                "BOT_KNOWLEDGE_BUCKET": knowledge.bucket_name,
                "BOT_KNOWLEDGE_KEY": names.KNOWLEDGE_KEY,
                "BOT_SLACK_PARAMETER": self._parameter("slack"),
                "BOT_OPENAI_PARAMETER": self._parameter("openai-api-key"),
                **self.row.settings,
                # An emulator would unpack a layer at each cold start, which takes it 2 s.
                **({"PYTHONPATH": str(self._packages)} if self.row.on_this_machine else {}),
            },
        )
        requests.grant(
            worker,
            "sqs:SendMessage",
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
        )
        # Whoever has what is kept of them deleted may have a failed question there.
        dead_letters.grant(
            worker, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"
        )
        changes = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"]
        grant(worker, changes, [table.table_arn])
        by_person = f"{table.table_arn}/index/{names.BY_PERSON}"
        grant(worker, ["dynamodb:Query", "dynamodb:Scan"], [by_person])
        keys = (names.KNOWLEDGE_KEY, names.PREVIOUS_KNOWLEDGE_KEY)
        grant(worker, ["s3:GetObject"], [knowledge.arn_for_objects(key) for key in keys])
        self._grant_parameters(worker, "slack", "openai-api-key")
        if self.row.model_provider == "bedrock":
            self._grant_model(worker)
        return worker

    def _layer(self) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self, "Packages", code=lambda_.Code.from_asset(str(self._packages))
        )

    def _deliver(self, requests: sqs.Queue, worker: lambda_.IFunction) -> None:
        workers = cdk.CfnParameter(
            self,
            "MaximumConcurrency",
            type="Number",
            default=self.row.maximum_concurrency,
            description="How many workers may run at once; the deployment knows the quota.",
        )
        lambda_.EventSourceMapping(
            self,
            "Delivery",
            target=worker,
            event_source_arn=requests.queue_arn,
            batch_size=1,  # answers are long, and one must not hold up another
            max_concurrency=workers.value_as_number,
            report_batch_item_failures=True,
        )

    def _api(self, ingress: lambda_.IFunction) -> apigateway.HttpStage:
        api = apigateway.HttpApi(self, "Api", api_name=self.stack_name, create_default_stage=False)
        api.add_routes(
            path=names.EVENTS_PATH,
            methods=[apigateway.HttpMethod.POST],
            integration=integrations.HttpLambdaIntegration("Ingress", ingress),
        )
        stage = apigateway.HttpStage(
            self,
            "ApiStage",
            http_api=api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(
                rate_limit=self.row.throttle_rate, burst_limit=self.row.throttle_burst
            ),
        )
        log = log_group(self, self.row, "ApiLog", f"/aws/vendedlogs/apis/{self.stack_name}")
        properties = stage.node.default_child
        assert isinstance(properties, apigateway.CfnStage)
        properties.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=log.log_group_arn,
            format=json.dumps({name.split(".")[0]: f"$context.{name}" for name in ACCESS_LOG}),
        )
        return stage

    def _dead_letters(self) -> sqs.Queue:
        return sqs.Queue(
            self,
            "DeadLetters",
            fifo=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=self.row.tls_only,
            retention_period=cdk.Duration.days(self.row.dead_letter_retention),
            removal_policy=self._keep_or_delete,
        )

    def _requests(self, dead_letters: sqs.Queue) -> sqs.Queue:
        return sqs.Queue(
            self,
            "Requests",
            fifo=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=self.row.tls_only,
            visibility_timeout=cdk.Duration.seconds(self.row.visibility),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=dead_letters, max_receive_count=self.row.deliveries
            ),
            removal_policy=self._keep_or_delete,
        )

    def _table(self) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            "Claims",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            time_to_live_attribute="ttl",
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=self.row.point_in_time_recovery
            ),
            deletion_protection=self.row.keep_data,
            removal_policy=self._keep_or_delete,
        )
        table.add_global_secondary_index(
            index_name=names.BY_PERSON,
            partition_key=dynamodb.Attribute(name="person", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="at", type=dynamodb.AttributeType.NUMBER),
            # Keys, and whose ratings go with a question; what people wrote is not stored twice.
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=["raters"],
        )
        return table

    def _knowledge(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Knowledge",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=self.row.tls_only,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            versioned=True,
            lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=cdk.Duration.days(30))],
            removal_policy=self._keep_or_delete,
        )

    def _parameter(self, name: str) -> str:
        return names.parameter_name(self.row.name, name)

    def _grant_parameters(self, function: lambda_.Function, *parameters: str) -> None:
        """Reading is enough: the key of SecureStrings, aws/ssm, lets in whoever SSM lets in."""
        arns = [
            self.format_arn(service="ssm", resource="parameter" + self._parameter(name))
            for name in parameters
        ]
        grant(function, ["ssm:GetParameter"], arns)

    def _grant_model(self, function: lambda_.Function) -> None:
        """The row's model in this region; in any behind a profile like "eu.amazon.nova-pro-v1:0".

        https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
        """
        profile = re.fullmatch(r"(?:us|us-gov|eu|apac|jp|au|ca|global)\.(.+)", self.row.model)
        model = self.format_arn(
            service="bedrock",
            account="",
            region="*" if profile else None,
            resource="foundation-model",
            resource_name=profile[1] if profile else self.row.model,
        )
        behind = self.format_arn(
            service="bedrock", resource="inference-profile", resource_name=self.row.model
        )
        actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
        grant(function, actions, [model, behind] if profile else [model])
        if profile:
            finding = f"Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/{profile[1]}"
            acknowledgment = cdk.Acknowledgment(
                id=f"AwsSolutions::AwsSolutions-IAM5[{finding}]",
                reason="A profile picks the region at each call, so its one model needs them all.",
            )
            cdk.Validations.of(self).acknowledge(acknowledgment)

    def _outputs(self, **values: str) -> None:
        for name, value in values.items():
            cdk.CfnOutput(self, name, value=value)
