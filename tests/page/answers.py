"""What the page's bot says: one text for each thing the page has to draw."""

from typing import Any

from bot.answering.events import Citation, Source
from bot.slack.ui.sources import listed

Json = dict[str, Any]

WIKI = "https://wiki.example/deploying"

DEPLOY = """\
Run `./stackbot deploy staging` from a **clean** checkout. It takes about two minutes:

1. The stack is synthesised and checked.
2. A new version is published and *tests itself*.
   - A failed test leaves the old version in place.
   - Alarms are watched for 5 minutes.
3. The alias is switched.

```bash
./stackbot deploy staging
./stackbot logs staging --follow   # if (a &lt; b &amp;&amp; c > d)
```

> Hotswap is refused in staging, see [the guide](https://example.com/deploying?a=1&amp;b=2).
"""

TABLE = """\
## Environments

| environment | alarms | on destroy |
|:--|:-:|--:|
| `local` | no | deleted |
| **staging** | yes | kept[^1] |
| prod | yes | kept \\| guarded |

- Data
  - Tables
    1. claims
    2. budgets
  - Buckets
- Code
  - [x] zipped
  - [ ] signed

[^1]: With point-in-time recovery.
"""

NASTY = """\
<img src=x onerror="document.title='owned'"> &lt;script>document.title='owned'&lt;/script>
[press](javascript:alert(1)) and <javascript:alert(2)|this> and ![a plan](https://example.com/p.png)
"""


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def option(text: str) -> Json:
    return {"text": plain(text), "value": text.lower()}


CITED = [
    Citation(
        Source("Deploying", "deploying.md", ("To <staging> | `prod` & more",), f"{WIKI}?a=1&b=2|3"),
        "",
        "2026-03-03",
    ),
    Citation(Source("دليل النشر", "rtl.md", (), WIKI), "", "2025-12-24"),
    Citation(Source("Costs", "costs.md", ("When idle",)), ""),
    Citation(Source("Press me", "evil.md", (), "javascript:document.title='owned'"), ""),
]

SOURCES: Json = {
    "type": "context",
    "elements": [mrkdwn(listed(CITED))],
}

FEEDBACK: Json = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "rate",
            "positive_button": {"text": plain("Good answer"), "value": "good"},
            "negative_button": {"text": plain("Bad answer"), "value": "bad"},
        }
    ],
}

TASKS: list[Json] = [
    {
        "type": "task_update",
        "id": "search",
        "title": "Searched the handbook",
        "status": "complete",
        "details": "Three passages",
        "sources": [{"type": "url", "url": "https://example.com/handbook", "text": "Handbook"}],
    },
    {"type": "task_update", "id": "write", "title": "Writing the answer", "status": "in_progress"},
]

KIT: list[Json] = [
    {"type": "header", "text": plain("Release 12 :rocket:")},
    {"type": "section", "text": mrkdwn("*Bold*, _italic_ & ~gone~ for <@U0ADA>\n&gt; quoted")},
    {"type": "section", "fields": [mrkdwn("*Owner*\nAda"), mrkdwn("*Due*\nFriday")]},
    {"type": "divider"},
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A chart"},
    {
        "type": "table",
        "column_settings": [{}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "Stage"}, {"type": "raw_text", "text": "Seconds"}],
            [{"type": "raw_text", "text": "synth"}, {"type": "raw_text", "text": "2.4"}],
        ],
    },
    {
        "type": "actions",
        "block_id": "choices",
        "elements": [
            button("Open the form", "open_form", style="primary"),
            {
                "type": "static_select",
                "action_id": "pick",
                "placeholder": plain("Pick one"),
                "options": [option("Staging"), option("Prod")],
            },
        ],
    },
]

FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Report a problem"),
    "submit": plain("Send"),
    "close": plain("Cancel"),
    "blocks": [
        {"type": "section", "text": mrkdwn("Tell us *what went wrong*.")},
        {
            "type": "input",
            "block_id": "what",
            "label": plain("What happened?"),
            "hint": plain("One sentence will do."),
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "where",
            "label": plain("Where?"),
            "element": {
                "type": "static_select",
                "action_id": "env",
                "options": [option("Staging"), option("Prod")],
            },
        },
        {
            "type": "input",
            "block_id": "how",
            "optional": True,
            "label": plain("How should we tell you?"),
            "element": {
                "type": "checkboxes",
                "action_id": "ways",
                "options": [option("Message"), option("Email")],
            },
        },
    ],
}

HOME: Json = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Good to see you")},
        {"type": "section", "text": mrkdwn("Ask me anything about *deploying*, *costs* and more.")},
        {"type": "divider"},
        {
            "type": "section",
            "text": mrkdwn("You have asked *no* questions yet."),
            "accessory": button("Count again", "count"),
        },
    ],
}

PROMPTS: list[Json] = [
    {"title": "Explain a deployment", "message": "Explain how a deployment works, step by step"},
    {"title": "Draw a table", "message": "Show me a table"},
]
