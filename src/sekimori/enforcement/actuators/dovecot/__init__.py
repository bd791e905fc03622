"""Dovecot: logins that may not sign in, and their open sessions cut."""

from sekimori.enforcement.actuators.dovecot.actuator import Dovecot

__all__ = ["Dovecot"]
