"""RADIUS: sign-in refused, running sessions ended or filtered (RFC 5176)."""

from sekimori.enforcement.actuators.radius.actuator import Radius

__all__ = ["Radius"]
