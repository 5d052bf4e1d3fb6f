"""Who may see what: a document is for an audience, and whoever asks has a clearance."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clearance:
    """What whoever reads the answer may see. By default: what is for everyone.

    `channel` is the id of the Slack channel in which the answer will stand. `groups` are the ids
    of the asker's user groups, and only where nobody but the asker reads the answer. With
    `outsiders` among the readers only public documents are for them; those that don't say whether
    they are public are so where `unmarked_public`. See docs/decisions/0037.
    """

    channel: str = ""
    groups: frozenset[str] = frozenset()
    outsiders: bool = False
    unmarked_public: bool = False


NO_CLEARANCE = Clearance()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a document is for: readers of these channels, members of these groups; or everyone.

    `public`: whether outsiders may read it, too; None where the document doesn't say.
    """

    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    public: bool | None = None

    @property
    def is_limited(self) -> bool:
        return bool(self.channels or self.groups)

    def admits(self, clearance: Clearance) -> bool:
        public = clearance.unmarked_public if self.public is None else self.public
        if clearance.outsiders and not public:
            return False
        if not self.is_limited:
            return True
        return clearance.channel in self.channels or not clearance.groups.isdisjoint(self.groups)


EVERYONE = Audience()
