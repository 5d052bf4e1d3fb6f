"""The Lambda that the queue calls: a request is handed to Bolt."""
