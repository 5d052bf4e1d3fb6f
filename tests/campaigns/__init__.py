"""Many questions at once, or while everything breaks."""
