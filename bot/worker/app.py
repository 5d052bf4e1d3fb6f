"""The Bolt app and its wiring. The worker hands it requests; so can Socket Mode."""

from collections.abc import Callable
from functools import partial

from slack_bolt import App, BoltContext
from slack_bolt.authorization import AuthorizeResult

from bot.conversation.access.groups import Groups
from bot.conversation.access.policy import AccessPolicy
from bot.conversation.access.quota import Quota
from bot.conversation.access.readers import Readers
from bot.conversation.answer_once import answer_once
from bot.conversation.desk import Dependencies, HelpDesk
from bot.conversation.knowledge import Knowledge, S3Index
from bot.listeners import SURFACES
from bot.runtime.dead_letters import DeadLetterQueue
from bot.runtime.queue import Queue
from bot.runtime.worker_settings import SlackSettings, WorkerSettings
from bot.slack.client import create_client
from bot.state.table import Table
from bot.worker.newest_answerer import NewestAnswerer

FAILURE = "listener_failure"
"""Where in a request's context the error of its listener is kept, which Bolt would swallow."""


def create_app(settings: WorkerSettings, desk: HelpDesk | None = None) -> App:
    """Wire the app: every surface of `bot.listeners`, over one help desk."""
    app = App(
        name=settings.name,
        client=create_client(settings.slack.api_url, settings.cells.times.worker_timeout / 4),
        authorize=_authorize(settings.slack),
        process_before_response=True,
        request_verification_enabled=False,
    )
    app.error(_keep_failure)
    desk = desk or _create_desk(settings)
    for surface in SURFACES:
        surface.register(app, desk)
    return app


def _create_desk(settings: WorkerSettings) -> HelpDesk:
    dependencies = create_dependencies(settings)
    return HelpDesk(dependencies, partial(answer_once, dependencies))


def create_dependencies(settings: WorkerSettings) -> Dependencies:
    """Wire everything that answering takes."""
    cells = settings.cells
    knowledge = Knowledge(S3Index(settings.aws, settings.knowledge_bucket, settings.knowledge_key))
    table = Table(settings.aws, settings.table)
    answerer = NewestAnswerer(settings, knowledge)
    access_policy = AccessPolicy(cells.access, settings.slack.team_id)
    groups = Groups(knowledge.newest)
    return Dependencies(
        name=settings.name,
        bot_user_id=settings.slack.bot_user_id,
        table=table,
        answerer=answerer,
        knowledge=knowledge,
        queue=Queue(settings.aws, settings.queue_url),
        dead_letters=DeadLetterQueue(settings.aws, settings.dead_letters_url),
        times=cells.times,
        model_sees=cells.model_sees,
        access_policy=access_policy,
        readers=Readers(
            cells.readers, settings.slack.team_id, access_policy, groups, answerer.newest_index
        ),
        quota=Quota(table, cells.budget, cells.streams_per_minute, cells.times.lease),
        retention_days=cells.retention_days,
    )


def _authorize(slack: SlackSettings) -> Callable[[], AuthorizeResult]:
    """Authorise from what was stored at installation: a call to Slack here can lose a question."""

    def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=slack.team_id,
            bot_token=slack.bot_token,
            bot_id=slack.bot_id,
            bot_user_id=slack.bot_user_id,
        )

    return authorize


def _keep_failure(error: Exception, context: BoltContext) -> None:
    context[FAILURE] = error
