"""Postfix: logins that may not send, and their queued mail on hold."""

from sekimori.enforcement.actuators.postfix.actuator import Postfix

__all__ = ["Postfix"]
