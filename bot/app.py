"""The Bolt app and its wiring. The worker hands it requests; so can Socket Mode."""

from collections.abc import Callable
from threading import Lock

from slack_bolt import App, BoltContext
from slack_bolt.authorization import AuthorizeResult

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import Answer, Answerer, Question
from bot.answering.retrieval import Index, build_index
from bot.desk import HelpDesk
from bot.index import IndexFile
from bot.listeners import SURFACES
from bot.log import log
from bot.slack import create_client
from bot.state.table import Table
from bot.worker_settings import SlackSettings, WorkerSettings

FAILURE = "listener_failure"
"""Where in a request's context the error of its listener is kept, which Bolt would swallow."""


def create_app(settings: WorkerSettings) -> App:
    """Wire the app: every surface of `bot.listeners`, over one help desk."""
    app = App(
        name=settings.name,
        client=create_client(settings.slack.api_url, settings.times.worker_timeout / 4),
        authorize=_authorize(settings.slack),
        process_before_response=True,
        request_verification_enabled=False,
    )
    app.error(_keep_failure)
    desk = HelpDesk(
        name=settings.name,
        bot_user_id=settings.slack.bot_user_id,
        table=Table(settings.aws, settings.table),
        answerer=_NewestKnowledge(settings),
        times=settings.times,
    )
    for surface in SURFACES:
        surface.register(app, desk)
    return app


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


class _NewestKnowledge:
    """An answerer over the newest index in S3, rebuilt only when there is a newer one.

    A damaged index is refused: the one before goes on serving. Until there is one, there are no
    documents, and answers say so.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        self._file = IndexFile(settings.aws, settings.knowledge_bucket, settings.knowledge_key)
        self._model = ModelSettings(
            provider=settings.model_provider,
            model=settings.model,
            base_url=settings.model_url,
            api_key=settings.model_key,
            region=settings.region,
        )
        self._answerer = create_answerer(self._model, Index.from_json(build_index({})))
        self._lock = Lock()

    def warm_up(self) -> None:
        # Without a look at S3: the answer itself takes that, once for each question.
        self._answerer.warm_up()

    def answer(self, question: Question, deadline: float) -> Answer:
        return self._newest().answer(question, deadline)

    def _newest(self) -> Answerer:
        with self._lock:
            content = self._file.newer()
            if content is not None:
                try:
                    self._answerer = create_answerer(self._model, Index.from_json(content))
                except ValueError as error:
                    log("knowledge_refused", "ERROR", why=str(error))
            return self._answerer
