"""A Slack for one machine: what the bot is developed and tested against."""

from scripts.simulator.client import Control, Refused
from scripts.simulator.seen import Call, Delivery, Message, Posted
from scripts.simulator.server import Simulator

__all__ = ["Call", "Control", "Delivery", "Message", "Posted", "Refused", "Simulator"]
