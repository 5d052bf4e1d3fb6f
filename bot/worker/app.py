"""The Bolt app and its wiring. The worker hands it requests; so can Socket Mode."""

from collections.abc import Callable
from threading import Lock

from slack_bolt import App, BoltContext
from slack_bolt.authorization import AuthorizeResult

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import Answer, Answerer, Question
from bot.answering.model.embeddings import Embeddings, EmbeddingSettings
from bot.answering.retrieval.index import Index
from bot.answering.tools import allowed
from bot.conversation.access.groups import Groups
from bot.conversation.access.policy import AccessPolicy
from bot.conversation.access.quota import Quota
from bot.conversation.access.readers import Readers
from bot.conversation.dependencies import Dependencies
from bot.conversation.desk import HelpDesk
from bot.conversation.knowledge import Knowledge, S3Index
from bot.listeners import SURFACES
from bot.runtime.dead_letters import DeadLetterQueue
from bot.runtime.log import log
from bot.runtime.queue import Queue
from bot.runtime.worker_settings import SlackSettings, WorkerSettings
from bot.slack.client import create_client
from bot.state.table import Table

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
    desk = desk or HelpDesk(create_dependencies(settings))
    for surface in SURFACES:
        surface.register(app, desk)
    return app


def create_dependencies(settings: WorkerSettings) -> Dependencies:
    """Wire everything that answering takes."""
    cells = settings.cells
    knowledge = Knowledge(S3Index(settings.aws, settings.knowledge_bucket, settings.knowledge_key))
    table = Table(settings.aws, settings.table)
    answerer = _NewestAnswerer(settings, knowledge)
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


class _NewestAnswerer:
    """An answerer over the newest index, made again only when there is a newer one."""

    def __init__(self, settings: WorkerSettings, knowledge: Knowledge) -> None:
        cells = settings.cells
        self._knowledge = knowledge
        self._model = ModelSettings(
            provider=cells.model_provider,
            model=cells.model,
            base_url=cells.model_url,
            api_key=settings.model_key,
            region=settings.region,
            prompt_tokens=cells.prompt_tokens,
        )
        self._embeddings = _embeddings(settings)
        self._ask_instead = cells.ask_instead
        self._tools = allowed(cells.tools)
        self._known = knowledge.last
        self._answerer = self._over(self._known.index)
        self._lock = Lock()

    def warm_up(self) -> None:
        # Without a look at S3: the answer itself takes that, once for each question.
        self._answerer.warm_up()
        if self._embeddings:
            self._embeddings.warm_up()

    def answer(self, question: Question, deadline: float) -> Answer:
        return self._newest().answer(question, deadline)

    def newest_index(self) -> Index:
        """As answers search it. Raises `AwsError`."""
        return self._knowledge.newest().index.with_embeddings(self._embeddings)

    def _newest(self) -> Answerer:
        known = self._knowledge.newest()
        with self._lock:
            if known is not self._known:
                self._known = known
                self._answerer = self._over(known.index)
                made_by = known.index.embedding_model
                if self._embeddings and made_by != self._embeddings.model:
                    log("embeddings_unused", "WARNING", vectors=made_by or "none")
            return self._answerer

    def _over(self, index: Index) -> Answerer:
        index = index.with_embeddings(self._embeddings)
        return create_answerer(self._model, index, self._ask_instead, self._tools)


def _embeddings(settings: WorkerSettings) -> Embeddings | None:
    cells = settings.cells
    if not cells.embedding_model:
        return None
    return Embeddings(
        EmbeddingSettings(
            cells.embedding_model,
            cells.embedding_url or cells.model_url,
            settings.model_key,
        ),
        tell=lambda why: log("embedding_failed", "WARNING", why=why),
    )
