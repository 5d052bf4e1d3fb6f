"""The people, channels and user groups of the workspace."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from slack_simulator.shapes import Json

TEAM = "T0SAMPLE"
TEAM_NAME = "Stack Works"
DOMAIN = "stack-works"
PARTNER_TEAM = "T0PARTNER"
APP = "A0SAMPLE"
BOT = "B0SAMPLE"
BOT_USER = "U0SAMPLE"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can write, here or from a connected workspace. The bot is one, too."""

    id: str
    handle: str
    name: str
    title: str = ""
    team: str = TEAM
    guest: bool = False
    bot: bool = False

    @property
    def stranger(self) -> bool:
        return self.team != TEAM

    def as_profile(self) -> Json:
        """What a message of somebody from elsewhere tells of them."""
        return {
            "real_name": self.name,
            "display_name": self.handle,
            "name": self.handle,
            "team": self.team,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
        }

    def as_slack(self) -> Json:
        """The user object of users.info."""
        profile = {"real_name": self.name, "display_name": self.handle, "title": self.title}
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.handle,
            "real_name": self.name,
            "deleted": False,
            "tz": "Europe/Berlin",
            "tz_offset": 3600,
            "profile": profile | ({"bot_id": BOT} if self.bot else {}),
            "is_bot": self.bot,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_stranger": self.stranger,
            "is_app_user": False,
        }


@dataclass(slots=True)
class Channel:
    """A public channel, or the direct messages between the bot and one person."""

    id: str
    name: str
    members: list[str]
    person: str | None = None
    topic: str = ""
    created: int = 1_700_000_000
    context: list[Json] = field(default_factory=list)

    @property
    def direct(self) -> bool:
        return self.person is not None

    @property
    def type(self) -> str:
        return "im" if self.direct else "channel"


@dataclass(slots=True)
class Group:
    """A user group: people who are mentioned together, and may be let in together."""

    id: str
    handle: str
    users: list[str]

    def as_slack(self, include_users: bool) -> Json:
        """The object of usergroups.list."""
        shape: Json = {
            "id": self.id,
            "team_id": TEAM,
            "is_usergroup": True,
            "name": self.handle.title(),
            "handle": self.handle,
            "is_external": False,
            "date_delete": 0,
        }
        return shape | ({"users": list(self.users)} if include_users else {})


def staff() -> list[Person]:
    return [
        Person("U0ADA", "ada", "Ada Okafor", "Engineer"),
        Person("U0BEN", "ben", "Ben Sørensen", "Contractor, a guest", guest=True),
        Person("U0CHIYO", "chiyo", "Chiyo Tanaka", "Operations"),
        Person("U0DMITRI", "dmitri", "Dmitri Vale", "At a partner company", team=PARTNER_TEAM),
    ]


def crowd(count: int) -> list[Person]:
    """So many more people, `crowd1` and on, for when it has to be many."""
    return [
        Person(f"U0CROWD{n}", f"crowd{n}", f"Crowd {n}", "One of many") for n in range(1, count + 1)
    ]


def groups() -> list[Group]:
    return [
        Group("S0ENGINEERS", "engineers", ["U0ADA"]),
        Group("S0OPERATIONS", "operations", ["U0CHIYO"]),
    ]


def channels(crowd: Sequence[Person] = ()) -> list[Channel]:
    """The bot is in all of them but #random, Dmitri only in the shared #help."""
    ours = ["U0ADA", "U0BEN", "U0CHIYO", *(person.id for person in crowd)]
    return [
        Channel("C0GENERAL", "general", [*ours, BOT_USER], topic="Everybody"),
        Channel(
            "C0HELP",
            "help",
            [*ours, "U0DMITRI", BOT_USER],
            topic="Deploying and costs",
        ),
        Channel("C0RANDOM", "random", ours, topic="Without the bot"),
    ]
