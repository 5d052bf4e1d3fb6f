"""Someone types `/ask` and a question: the bot posts it, and answers in its thread.

Where the bot is not in the channel, both are in direct messages, which `im:write` opens. A question
that a killed worker has posted and not saved is looked for in the channel's history. Slack offers
no custom commands inside threads.
"""

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.conversation.desk import HelpDesk
from bot.conversation.post_question import ask
from bot.conversation.unposted_question import UnpostedQuestion
from bot.listeners.requirements import GROUPS, REPLIES, Command, Requirements
from bot.slack import response_url

COMMAND = "/ask"

REQUIREMENTS = Requirements(
    scopes=REPLIES
    | GROUPS
    | {"commands", "channels:history", "groups:history", "im:history", "im:write"},
    commands=(Command(COMMAND, "Ask a question", "How do I \u2026?"),),
    usage=f"*Anywhere*: type `{COMMAND}` and your question. Where {{bot}} is not in the channel,"
    " it answers you in a direct message.",
)

_USAGE = (
    f"Type `{COMMAND}` and your question, for example `{COMMAND} How do I reset my password?`\n"
    "The answer comes in a thread that everybody in the channel sees, or in a direct message where"
    " {name} is not in the channel."
)


def register(app: App, desk: HelpDesk) -> None:
    @app.command(COMMAND)
    def answer_command(
        ack: Ack, client: WebClient, context: BoltContext, body: dict[str, str]
    ) -> None:
        ack()
        if body.get("text", "").strip().lower() in ("", "help"):
            response_url.send(
                client, body["response_url"], _USAGE.format(name=desk.dependencies.name)
            )
        else:
            ask(
                client,
                desk.dependencies,
                UnpostedQuestion.from_command(body, context["team_id"]),
                context["delivery"],
            )
