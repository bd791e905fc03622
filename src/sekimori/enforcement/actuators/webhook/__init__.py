"""The operator's own system carries a measure out, called by a signed webhook."""

from sekimori.enforcement.actuators.webhook.actuator import Webhook

__all__ = ["Webhook"]
