"""Who may see which document: a document has an audience, a reader has permissions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the readers of an answer may see. The default is what is for everyone.

    `channel` is the id of the Slack channel in which the answer will stand. `groups` are the ids
    of the asker's user groups, and only where nobody but the asker reads the answer. With
    `outsiders` among the readers only public documents are for them; those that don't say whether
    they are public are so where `unmarked_public`. See docs/decisions/0037.
    """

    channel: str = ""
    groups: frozenset[str] = frozenset()
    outsiders: bool = False
    unmarked_public: bool = False


NO_PERMISSIONS = Permissions()


@dataclass(frozen=True, slots=True)
class Audience:
    """The readers of a document: those of these channels, members of these groups; or everyone.

    `public`: whether outsiders may read it, too; None where the document doesn't say.
    """

    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    public: bool | None = None

    @property
    def is_limited(self) -> bool:
        return bool(self.channels or self.groups)

    def admits(self, permissions: Permissions) -> bool:
        public = permissions.unmarked_public if self.public is None else self.public
        if permissions.outsiders and not public:
            return False
        if not self.is_limited:
            return True
        return permissions.channel in self.channels or not permissions.groups.isdisjoint(
            self.groups
        )


EVERYONE = Audience()
