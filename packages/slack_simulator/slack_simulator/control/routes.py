"""The control API under /control/: act as the people, order faults, read everything.

Bodies and answers are JSON; a body's Content-Type is application/json. What Slack's own clients
would not let a person do is refused with status 409 and `{"error": "a sentence"}`; a malformed
order with 400. `person` is a handle (`ada`), a name or an id; `channel` an id, `#name`, or `@bot`
for the person's direct messages. A file is {name, data?, …}: `data` in base64, null for one that
was deleted since; other fields of Slack's file object, such as `mimetype`, replace what it would
say.

Acting (POST), each answering at once, before anything is delivered:
  /say        {person, channel, text, thread?, broadcast?, files?, attachments?}  -> {channel, ts}
  /post       {app, channel, text, thread?, team?, attachments?}    another app's post
  /edit       {channel, ts, text}                                    -> {}
  /delete     {channel, ts}                                          -> {}
  /stop       {person, channel, thread}                              -> {stopped: [ts]}
  /click      {person, action_id, channel+ts | view, block_id?, value?}  -> {}
  /command    {person, channel, command, text}                       -> {}
  /shortcut   {person, callback_id, channel+ts for a message's}      -> {}
  /submit     {person, view, values?}                                -> {}
  /close      {person, view}                                         -> {}
  /open       {person, tab: "home" | "messages"}                     -> {}
  /context    {person, channel?}                                     -> {entities: [...]}
  /group      {group, people: [person]}    who is in a user group    -> {id}
  /members    {channel, people: [person]}  which people are in it    -> {id}
  /configure  {person}    a new pair of configuration tokens       -> {token, refresh_token, exp, …}
  /install    {app?}      "Install to Workspace": by its id, or the only app  -> {bot_token}
  /consent    {person, app?}      "Allow" behind an app's link       -> {code}
  /uninstall  {}    the app is removed: its token is over, it hears  -> {}
  /token      {}    the app is installed anew, with another token    -> {bot_token}
  /disconnect {reason?: "refresh_requested"}    in Socket Mode       -> {connections: asked}

Settings:
  POST /settings   {request_url?, verify?, limits?: {name: number | bool}, time_scale?,
                    ahead?: seconds that Slack's clock is ahead of ours,
                    skip?: seconds that have passed at once}          -> settings
  POST /faults     {place, action, match?, status?, retry_after?, error?, after?, seconds?,
                    times?, skip?, probability?, seed?}              -> the fault
  GET|DELETE /faults                                                 -> {faults: [...]}
  POST /reset                                                        -> {}

Reading (GET):
  /state                                       people, channels, sessions, prompts, settings
  /messages    ?channel&thread&deleted         -> {messages: [...]}, oldest first
  /calls       ?method                         -> {calls: [...]}
  /deliveries  ?type                           -> {deliveries: [...]}, one for each attempt
  /views       ?person                         -> {views: [...], home: view | null}
  /wait        ?channel&thread&after&seconds   -> {message: message | null, why}
  /news        ?since&seconds                  -> {items: [...], last}, waiting for the first
  /idle        ?seconds                        -> {idle: bool}, once no delivery is under way
  /feed        ?since                          server-sent events

The feed's events have the happening's number as `id`, its kind as `event`, and as `data` a JSON
object {seq, kind, at (epoch seconds), …}, where the kinds add:
  message      {action: "posted" | "changed" | "deleted", message}; each append is a change
  session      {session}             a thread's status or title
  prompts      {prompts}             suggested prompts
  home, view   {user, view, open?}   App Home, a modal
  view_errors  {view: id, errors}    what a submission was told
  call         {call}                a Web API call, once it is answered
  delivery     {delivery}            twice: when sent (`done` false) and when it is over
  settings     {settings}
  reset        {}                    everything is to be read again
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from slack_simulator.control import orders as acting
from slack_simulator.control import reads as reading
from slack_simulator.workspace.slack import Slack


@dataclass(frozen=True, slots=True)
class ControlRoute:
    method: str
    path: str
    run: Callable[[Slack, Request], Awaitable[Response]]


ROUTES = [
    ControlRoute("POST", "/say", acting.order(acting.say)),
    ControlRoute("POST", "/post", acting.order(acting.post_as_app)),
    ControlRoute("POST", "/edit", acting.order(acting.edit)),
    ControlRoute("POST", "/delete", acting.order(acting.delete)),
    ControlRoute("POST", "/stop", acting.order(acting.stop)),
    ControlRoute("POST", "/click", acting.order(acting.click)),
    ControlRoute("POST", "/command", acting.order(acting.command)),
    ControlRoute("POST", "/shortcut", acting.order(acting.shortcut)),
    ControlRoute("POST", "/submit", acting.order(acting.submit)),
    ControlRoute("POST", "/close", acting.order(acting.close)),
    ControlRoute("POST", "/open", acting.order(acting.open_home)),
    ControlRoute("POST", "/context", acting.order(acting.context)),
    ControlRoute("POST", "/group", acting.order(acting.set_group)),
    ControlRoute("POST", "/members", acting.order(acting.set_members)),
    ControlRoute("POST", "/configure", acting.order(acting.configure)),
    ControlRoute("POST", "/install", acting.order(acting.install)),
    ControlRoute("POST", "/consent", acting.order(acting.consent)),
    ControlRoute("POST", "/uninstall", acting.order(acting.uninstall)),
    ControlRoute("POST", "/token", acting.order(acting.renew_token)),
    ControlRoute("POST", "/faults", acting.order(acting.add_fault)),
    ControlRoute("POST", "/reset", acting.order(acting.reset)),
    ControlRoute("DELETE", "/faults", acting.order(acting.clear_faults)),
    ControlRoute("POST", "/settings", acting.settings),
    ControlRoute("POST", "/disconnect", acting.disconnect),
    ControlRoute("GET", "/faults", reading.faults),
    ControlRoute("GET", "/state", reading.state),
    ControlRoute("GET", "/messages", reading.messages),
    ControlRoute("GET", "/calls", reading.calls),
    ControlRoute("GET", "/deliveries", reading.deliveries),
    ControlRoute("GET", "/views", reading.views),
    ControlRoute("GET", "/wait", reading.wait),
    ControlRoute("GET", "/news", reading.news),
    ControlRoute("GET", "/idle", reading.idle),
    ControlRoute("GET", "/feed", reading.feed),
]
