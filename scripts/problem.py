"""What goes wrong in a way that a person can mend."""


class Problem(Exception):
    """Ends the command with `status`; the text is a sentence that says what to do."""

    status = 1


class UsageError(Problem):
    """The arguments are not the command's."""

    status = 2
