"""StackBot in an AWS account, from Slack's request to the bot's answer, in reading order."""

import json

import aws_cdk as cdk
import jsii
from aws_cdk import aws_apigateway
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import bundle
from infra.environments import NAME, SLUG, Environment
from infra.watching import Watched, watch

KNOWLEDGE_KEY = "knowledge.json"


class BotStack(cdk.Stack):
    """One environment's StackBot."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        self.row = environment
        tags = {
            "environment": environment.name,
            "hotswap": "allowed" if environment.hotswap else "refused",
        }
        super().__init__(
            scope,
            f"{SLUG}-{environment.name}",
            description=f"{NAME}, a Slack bot that answers from your documents",
            env=cdk.Environment(account=environment.account, region=environment.region),
            synthesizer=_synthesizer(environment),
            termination_protection=environment.termination_protection,
            tags=tags,
        )
        for key, value in tags.items():
            cdk.Tags.of(self).add(key, value)

        dead_letters = self._dead_letters()
        requests = self._requests(dead_letters)
        table = self._table()
        knowledge = self._knowledge()
        code = lambda_.Code.from_asset(str(bundle.code()))

        ingress = self._function(
            "Ingress",
            "bot.ingress.handler",
            code=code,
            timeout=3,  # Slack waits no longer
            memory=environment.ingress_memory,
            variables={
                "BOT_QUEUE_URL": requests.queue_url,
                "BOT_TABLE": table.table_name,
                "BOT_SIGNING_SECRET_PARAMETER": self._parameter("signing-secret"),
            },
        )
        requests.grant(ingress, "sqs:SendMessage")
        table.grant(ingress, "dynamodb:PutItem")
        self._grant_parameters(ingress, "signing-secret")

        worker = self._function(
            "Worker",
            "bot.worker.handler",
            code=code,
            layers=[self._packages()],
            timeout=environment.worker_timeout,
            memory=environment.worker_memory,
            variables={
                "BOT_QUEUE_URL": requests.queue_url,
                "BOT_TABLE": table.table_name,
                "BOT_KNOWLEDGE_BUCKET": knowledge.bucket_name,
                "BOT_KNOWLEDGE_KEY": KNOWLEDGE_KEY,
                "BOT_SLACK_PARAMETER": self._parameter("slack"),
                "BOT_OPENAI_PARAMETER": self._parameter("openai-api-key"),
                "BOT_WORKER_TIMEOUT": str(environment.worker_timeout),
                "BOT_DELIVERIES": str(environment.deliveries),
                "BOT_MODEL_PROVIDER": environment.model_provider,
                "BOT_MODEL": environment.model,
                "BOT_MODEL_URL": environment.model_url,
                "SLACK_API_URL": environment.slack_api_url,
            },
        )
        requests.grant(
            worker,
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
        )
        table.grant(worker, "dynamodb:GetItem", "dynamodb:UpdateItem")
        self._grant(worker, ["s3:GetObject"], [knowledge.arn_for_objects(KNOWLEDGE_KEY)])
        self._grant_parameters(worker, "slack", "openai-api-key")
        if environment.model_provider == "bedrock":
            self._grant_model(worker)
        lambda_.EventSourceMapping(
            self,
            "Delivery",
            target=worker,
            event_source_arn=requests.queue_arn,
            batch_size=1,  # answers are long, and one must not hold up another
            max_concurrency=environment.maximum_concurrency,
            report_batch_item_failures=True,
        )

        api, stage = self._api(ingress)
        watch(
            self,
            environment,
            Watched(api, stage, ingress, worker, requests, dead_letters),
        )
        outputs = {
            "SlackUrl": f"{api.api_endpoint}/slack/events",
            "QueueUrl": requests.queue_url,
            "DeadLetterQueueUrl": dead_letters.queue_url,
            "Table": table.table_name,
            "Bucket": knowledge.bucket_name,
            "IngressFunction": ingress.function_name,
            "WorkerFunction": worker.function_name,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)

    def _dead_letters(self) -> sqs.Queue:
        return sqs.Queue(
            self,
            "DeadLetters",
            fifo=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(self.row.dead_letter_retention),
            removal_policy=self._removal_policy(),
        )

    def _requests(self, dead_letters: sqs.Queue) -> sqs.Queue:
        return sqs.Queue(
            self,
            "Requests",
            fifo=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=cdk.Duration.seconds(self.row.visibility),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=dead_letters, max_receive_count=self.row.deliveries
            ),
        )

    def _table(self) -> dynamodb.Table:
        return dynamodb.Table(
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
            removal_policy=self._removal_policy(),
        )

    def _knowledge(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Knowledge",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            versioned=True,
            lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=cdk.Duration.days(30))],
            removal_policy=self._removal_policy(),
        )

    def _packages(self) -> lambda_.LayerVersion:
        target = (
            bundle.Target.this_machine()
            if self.row.on_this_machine
            else bundle.Target.aws(self.row.architecture, self.row.python)
        )
        return lambda_.LayerVersion(
            self, "Packages", code=lambda_.Code.from_asset(str(bundle.layer(target)))
        )

    def _function(
        self,
        name: str,
        handler: str,
        *,
        code: lambda_.Code,
        timeout: int,
        memory: int,
        variables: dict[str, str],
        layers: list[lambda_.ILayerVersion] | None = None,
    ) -> lambda_.Function:
        """A function that may write its own log, and nothing else until it is granted."""
        function_name = f"{self.stack_name}-{name.lower()}"
        log = self._log(f"{name}Log", f"/aws/lambda/{function_name}")
        role = iam.Role(
            self, f"{name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        log.grant_write(role)
        return lambda_.Function(
            self,
            name,
            function_name=function_name,
            runtime=lambda_.Runtime(f"python{self.row.python}", lambda_.RuntimeFamily.PYTHON),
            architecture=lambda_.Architecture.custom(self.row.architecture),
            handler=handler,
            code=code,
            layers=layers,
            role=role,
            timeout=cdk.Duration.seconds(timeout),
            memory_size=memory,
            log_group=log,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel(self.row.log_level),
            environment={
                "BOT_NAME": NAME,
                "BOT_ENVIRONMENT": self.row.name,
                "BOT_LOG_LEVEL": self.row.log_level,
                **variables,
            },
        )

    def _api(self, ingress: lambda_.Function) -> tuple[apigateway.HttpApi, apigateway.HttpStage]:
        api = apigateway.HttpApi(self, "Api", api_name=self.stack_name, create_default_stage=False)
        api.add_routes(
            path="/slack/events",
            methods=[apigateway.HttpMethod.POST],
            integration=integrations.HttpLambdaIntegration("Ingress", ingress),
        )
        log = self._log("RequestLog", f"/aws/vendedlogs/apis/{self.stack_name}")
        stage = api.add_stage(
            "Stage",
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(
                rate_limit=self.row.throttle_rate, burst_limit=self.row.throttle_burst
            ),
            access_log_settings=_AccessLog(log),
        )
        return api, stage

    def _log(self, name: str, log_group_name: str) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            name,
            log_group_name=log_group_name,
            retention=_retention(self.row.log_retention),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _parameter(self, name: str) -> str:
        return f"/{SLUG}/{self.row.name}/{name}"

    def _grant_parameters(self, function: lambda_.Function, *names: str) -> None:
        arns = [
            self.format_arn(service="ssm", resource="parameter" + self._parameter(name))
            for name in names
        ]
        self._grant(function, ["ssm:GetParameter"], arns)

    def _grant_model(self, function: lambda_.Function) -> None:
        self._grant(function, ["bedrock:InvokeModel"], [])

    def _grant(self, function: lambda_.Function, actions: list[str], resources: list[str]) -> None:
        function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=resources))

    def _removal_policy(self) -> cdk.RemovalPolicy:
        return cdk.RemovalPolicy.RETAIN if self.row.keep_data else cdk.RemovalPolicy.DESTROY


def _synthesizer(environment: Environment) -> cdk.StackSynthesizer | None:
    """An emulator knows the caller's credentials; the bootstrap roles are AWS's own."""
    return cdk.CliCredentialsStackSynthesizer() if environment.on_this_machine else None


def _retention(days: int) -> logs.RetentionDays:
    return {
        1: logs.RetentionDays.ONE_DAY,
        7: logs.RetentionDays.ONE_WEEK,
        30: logs.RetentionDays.ONE_MONTH,
        90: logs.RetentionDays.THREE_MONTHS,
        365: logs.RetentionDays.ONE_YEAR,
    }[days]


@jsii.implements(apigateway.IAccessLogSettings)
class _AccessLog:
    """One JSON line per request: enough to tell a throttled or failed one, and nobody's data."""

    FIELDS = ("requestId", "requestTime", "routeKey", "status", "responseLatency", "error.message")

    def __init__(self, log: logs.LogGroup) -> None:
        self._log = log

    @property
    def destination(self) -> apigateway.IAccessLogDestination:
        return apigateway.LogGroupLogDestination(self._log)

    @property
    def format(self) -> aws_apigateway.AccessLogFormat:
        line = {field.split(".")[0]: f"$context.{field}" for field in self.FIELDS}
        return aws_apigateway.AccessLogFormat.custom(json.dumps(line))
