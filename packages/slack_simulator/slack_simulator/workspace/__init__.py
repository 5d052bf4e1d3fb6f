"""The workspace: its people, channels, messages, files and modals."""
