"""Turns a question and its thread into a stream of answer events. Knows neither Slack nor AWS."""
