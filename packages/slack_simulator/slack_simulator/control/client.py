"""The control API in Python: act as the people and read what happened.

control = slack.control
asked = control.say("ada", "#help", "<@bot> When is the office open?")
print(control.wait_for_answer(asked.channel, asked.ts).text)
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode, urlsplit

from slack_simulator.control.values import Call, Delivery, Message, Posted
from slack_simulator.shapes import Json

T = TypeVar("T")
_JSON = {"Content-Type": "application/json"}


class Refused(Exception):
    """The simulator refused an order; the text is its sentence."""


class Control:
    """Talks to the control API of the simulator at `url`. Keeps no connection."""

    def __init__(self, url: str) -> None:
        self.url = url

    # People act.

    @staticmethod
    def file(name: str, data: bytes | None, **fields: Any) -> Json:
        """A file to `say` with; None: it is deleted before anybody reads it.

        `fields` replaces those of the file object, such as `mimetype`, `size` or `mode`.
        """
        return {
            "name": name,
            "data": None if data is None else base64.b64encode(data).decode(),
        } | fields

    def say(
        self,
        person: str,
        channel: str,
        text: str,
        thread: str | None = None,
        broadcast: bool = False,
        files: list[Json] | None = None,
        attachments: list[Json] | None = None,
    ) -> Posted:
        """Post as a person; `@bot` as the channel means a direct message to the bot."""
        order = {"person": person, "channel": channel, "text": text, "thread": thread}
        more = {"broadcast": broadcast, "files": files, "attachments": attachments}
        return Posted.from_json(self._post("/say", order | more))

    def post_as_app(self, app: str, channel: str, text: str, **more: Any) -> Posted:
        """Post as another app; `more` are `thread`, `team` and `attachments`."""
        order = {"app": app, "channel": channel, "text": text}
        return Posted.from_json(self._post("/post", order | more))

    def edit(self, posted: Posted, text: str) -> None:
        self._post("/edit", {"channel": posted.channel, "ts": posted.ts, "text": text})

    def delete(self, posted: Posted) -> None:
        self._post("/delete", {"channel": posted.channel, "ts": posted.ts})

    def stop(self, person: str, channel: str, thread: str) -> list[str]:
        """Press the stop button of a thread; returns the streams Slack stopped."""
        order = {"person": person, "channel": channel, "thread": thread}
        return list(self._post("/stop", order)["stopped"])

    def click(
        self,
        person: str,
        place: Posted | Message | str,
        action_id: str,
        value: str | None = None,
        block_id: str | None = None,
    ) -> None:
        """Use an element of a message, or of the view whose id `place` is."""
        where = {"view": place} if isinstance(place, str) else _at(place)
        order = {"person": person, "action_id": action_id, "block_id": block_id, "value": value}
        self._post("/click", order | where)

    def command(self, person: str, channel: str, command: str, text: str = "") -> None:
        order = {"person": person, "channel": channel, "command": command, "text": text}
        self._post("/command", order)

    def shortcut(
        self, person: str, callback_id: str, message: Posted | Message | None = None
    ) -> None:
        """Use a shortcut, of a message or a global one."""
        where = _at(message) if message else {}
        self._post("/shortcut", {"person": person, "callback_id": callback_id} | where)

    def submit(self, person: str, view: str, values: Json | None = None) -> None:
        self._post("/submit", {"person": person, "view": view, "values": values})

    def close(self, person: str, view: str) -> None:
        self._post("/close", {"person": person, "view": view})

    def open(self, person: str, tab: str = "home") -> str:
        """Open the app's Home or (tab "messages") the agent; returns the direct channel's id."""
        return str(self._post("/open", {"person": person, "tab": tab})["channel"])

    def look_at(self, person: str, channel: str = "") -> None:
        """Change what the person has in view beside the agent; "" is nothing."""
        self._post("/context", {"person": person, "channel": channel})

    def set_group(self, group: str, people: list[str]) -> str:
        """Have these people, and no others, in a user group (id or @handle); returns its id."""
        return str(self._post("/group", {"group": group, "people": people})["id"])

    def set_members(self, channel: str, people: list[str]) -> str:
        """Have these people, and no others, in a channel; returns its id."""
        return str(self._post("/members", {"channel": channel, "people": people})["id"])

    def configure(self, person: str = "ada") -> Json:
        """A new pair of configuration tokens: {token, refresh_token, exp, …}."""
        return self._post("/configure", {"person": person})

    def install(self, app: str = "") -> str:
        """Press "Install to Workspace" of an app, by its id or the only one; returns its token."""
        return str(self._post("/install", {"app": app})["bot_token"])

    def consent(self, person: str, app: str = "") -> str:
        """Press "Allow" behind an app's link; returns the code for oauth.v2.access."""
        return str(self._post("/consent", {"person": person, "app": app})["code"])

    def uninstall(self) -> None:
        """Remove the app: its token is over, and it hears of that and of nothing more."""
        self._post("/uninstall", {})

    def renew_token(self) -> str:
        """Install the app anew; returns its new token, and the old one is over."""
        return str(self._post("/token", {})["bot_token"])

    # Settings and faults.

    def disconnect(self, reason: str = "refresh_requested") -> int:
        """Ask the app in Socket Mode for other connections; how many were asked."""
        return int(self._post("/disconnect", {"reason": reason})["connections"])

    def set_request_url(self, url: str | None, verify: bool = True) -> None:
        """Where to deliver to. Raises Refused where the URL does not answer the challenge."""
        self._post("/settings", {"request_url": url, "verify": verify}, timeout=30)

    def set_limits(self, **limits: bool | float) -> None:
        """A number is the new limit, True Slack's own, False none."""
        self._post("/settings", {"limits": limits})

    def set_time_scale(self, scale: float) -> None:
        self._post("/settings", {"time_scale": scale})

    def set_clock(self, ahead: float) -> None:
        """Have Slack's timestamps `ahead` of this machine's clock by so many seconds, or behind."""
        self._post("/settings", {"ahead": ahead})

    def skip(self, seconds: float) -> None:
        """Let so much of Slack's time pass at once."""
        self._post("/settings", {"skip": seconds})

    def fault(self, place: str, action: str, match: str = "*", **details: Any) -> None:
        """Order a fault: see slack_simulator/rules/faults.py for places, actions and details."""
        self._post("/faults", {"place": place, "action": action, "match": match} | details)

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    def reset(self) -> None:
        """Empty the workspace; settings stay."""
        self._post("/reset", {})

    # Reading.

    def state(self) -> Json:
        return self._get("/state")

    def session(self, channel: str, thread: str) -> Json:
        """The status and title of a thread; {} where the bot has set neither."""
        sessions: list[Json] = self.state()["sessions"]
        matching = (s for s in sessions if (s["channel"], s["thread_ts"]) == (channel, thread))
        return next(matching, {})

    def messages(
        self, channel: str, thread: str | None = None, deleted: bool = False
    ) -> list[Message]:
        """A channel's messages, or a thread's, oldest first; ephemeral ones are among them."""
        query = {"channel": channel} | ({"thread": thread} if thread else {})
        answer = self._get("/messages", query | ({"deleted": "true"} if deleted else {}))
        return [Message.from_json(message) for message in answer["messages"]]

    def calls(self, method: str | None = None) -> list[Call]:
        answer = self._get("/calls", {"method": method} if method else {})
        return [Call.from_json(call) for call in answer["calls"]]

    def deliveries(self, type: str | None = None) -> list[Delivery]:  # noqa: A002 - Slack's word
        answer = self._get("/deliveries", {"type": type} if type else {})
        return [Delivery.from_json(delivery) for delivery in answer["deliveries"]]

    def views(self, person: str) -> list[Json]:
        """The modals a person has open, the topmost last."""
        return list(self._get("/views", {"person": person})["views"])

    def home(self, person: str) -> Json | None:
        home: Json | None = self._get("/views", {"person": person})["home"]
        return home

    def news(self, since: int, seconds: float = 0) -> list[Json]:
        """What happened after number `since` of the feed, waiting for the first of it."""
        query = {"since": str(since), "seconds": str(seconds)}
        return list(self._get("/news", query, seconds + 10)["items"])

    # Waiting.

    def wait_for_answer(
        self, channel: str, thread: str, timeout: float = 30, after: str | None = None
    ) -> Message:
        """The bot's finished answer to the last thing a person said in the thread.

        Finished: nothing streams there, and no status says that the bot is at work. `after`
        asks for what follows that message instead. Raises TimeoutError, saying what there was.
        """
        query = {"channel": channel, "thread": thread, "seconds": str(timeout)}
        if after:
            query["after"] = after
        answer = self._get("/wait", query, timeout + 10)
        if answer["message"] is None:
            raise TimeoutError(f"no finished answer in {timeout:g} s: {answer['why']}")
        return Message.from_json(answer["message"])

    def until(self, look: Callable[[], T | Literal[False] | None], timeout: float = 30) -> T:
        """The first true value of `look`, which is called again whenever something happens."""
        deadline = time.monotonic() + timeout
        while True:
            # No number of the feed is as high: the answer is only what the last one is.
            last = self._get("/news", {"since": str(1 << 60)})["last"]
            if value := look():
                return value
            seconds = deadline - time.monotonic()
            if seconds <= 0:
                raise TimeoutError(f"it did not happen in {timeout:g} s")
            self._get(
                "/news", {"since": str(last), "seconds": str(min(seconds, 0.5))}, seconds + 10
            )

    def wait_until_idle(self, timeout: float = 30) -> None:
        """Return once no delivery is under way or due to be tried again."""
        if not self._get("/idle", {"seconds": str(timeout)}, timeout + 10)["idle"]:
            raise TimeoutError(f"deliveries were still under way after {timeout:g} s")

    def _get(self, path: str, query: Mapping[str, str] | None = None, timeout: float = 10) -> Json:
        return self._call("GET", f"{path}?{urlencode(query or {})}", timeout=timeout)

    def _post(self, path: str, order: Json, timeout: float = 10) -> Json:
        return self._call("POST", path, order, timeout)

    def _call(self, method: str, path: str, order: Json | None = None, timeout: float = 10) -> Json:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=timeout)
        try:
            body = None if order is None else json.dumps(order)
            connection.request(method, f"/control{path}", body, _JSON)
            response = connection.getresponse()
            answer: Json = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise Refused(answer["error"])
        return answer


def _at(place: Posted | Message) -> Json:
    return {"channel": place.channel, "ts": place.ts}
