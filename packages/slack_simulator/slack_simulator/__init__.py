"""A Slack on one machine, to develop and test Slack apps against."""

from slack_simulator.control.client import Control, Refused
from slack_simulator.control.values import Call, Delivery, Message, Posted
from slack_simulator.server import Simulator

__all__ = ["Call", "Control", "Delivery", "Message", "Posted", "Refused", "Simulator"]
