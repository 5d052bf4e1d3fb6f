"""Pure builders of what Slack shows: blocks, buttons, views."""
