"""What goes wrong in a way that a person can mend."""


class Problem(Exception):
    """Ends the command with status 1; the text is a sentence that says what to do."""
