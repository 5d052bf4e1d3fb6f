"""What runs in a copy of the project, whose files can be saved."""
