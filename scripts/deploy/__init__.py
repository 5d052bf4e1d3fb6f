"""To AWS and back: from nothing to chatting, one release after another, and away again."""
