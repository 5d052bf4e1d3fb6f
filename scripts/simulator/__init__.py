"""A Slack for one machine: what the bot is developed and tested against."""

from scripts.simulator.client import Call, Control, Delivery, Message, Posted, Refused
from scripts.simulator.server import Simulator

__all__ = ["Call", "Control", "Delivery", "Message", "Posted", "Refused", "Simulator"]
