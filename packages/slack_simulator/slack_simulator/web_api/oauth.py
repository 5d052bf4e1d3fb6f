"""oauth.v2.access: exchanges the code of a person's consent for the bot's token.

See https://docs.slack.dev/authentication/installing-with-oauth
"""

from slack_simulator.rules.errors import SlackError
from slack_simulator.shapes import Json
from slack_simulator.web_api.registry import Args, Method
from slack_simulator.workspace import people
from slack_simulator.workspace.people import BOT_USER
from slack_simulator.workspace.slack import Slack


def access(slack: Slack, args: Args) -> Json:
    app = next((a for a in slack.apps.values() if a.client_id == args.need("client_id")), None)
    if app is None:
        raise SlackError("invalid_client_id")
    if args.need("client_secret") != app.client_secret:
        raise SlackError("bad_client_secret")
    consent = slack.consents.pop(args.need("code"), None)
    if consent is None or consent.app is not app:
        raise SlackError("invalid_code")
    slack.install(app)
    return {
        "ok": True,
        "app_id": app.id,
        "authed_user": {"id": consent.person},
        "scope": ",".join(sorted(slack.scopes)),
        "token_type": "bot",
        "access_token": slack.bot_token,
        "bot_user_id": BOT_USER,
        "team": {"id": people.TEAM, "name": people.TEAM_NAME},
        "enterprise": None,
        "is_enterprise_install": False,
    }


METHODS = {"oauth.v2.access": Method(access, caller="anyone")}
