"""Who may see what: a document is for an audience, and whoever asks has a clearance."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clearance:
    """What whoever reads the answer may see. By default: what is for everyone.

    `channel` is the id of the Slack channel in which the answer will stand. `groups` are the ids
    of the asker's user groups, and only where nobody but the asker reads the answer.
    """

    channel: str = ""
    groups: frozenset[str] = frozenset()


NO_CLEARANCE = Clearance()


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a document is for: readers of these channels, members of these groups; or everyone."""

    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def admits(self, clearance: Clearance) -> bool:
        if not (self.channels or self.groups):
            return True
        return clearance.channel in self.channels or not clearance.groups.isdisjoint(self.groups)


EVERYONE = Audience()
