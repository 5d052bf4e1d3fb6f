"""A Slack for one machine: what the bot is developed and tested against."""

from slack_simulator.control.client import Control, Refused
from slack_simulator.control.values import Call, Delivery, Message, Posted
from slack_simulator.server import Simulator

__all__ = ["Call", "Control", "Delivery", "Message", "Posted", "Refused", "Simulator"]
