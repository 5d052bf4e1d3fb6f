"""The control API: act as the people, order faults, read what happened."""
