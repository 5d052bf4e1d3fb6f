"""The worker as most bots are written: all that it may ever need is imported first."""

import boto3
import openai
import slack_bolt

from bot.worker.handler import handler

__all__ = ["boto3", "handler", "openai", "slack_bolt"]
