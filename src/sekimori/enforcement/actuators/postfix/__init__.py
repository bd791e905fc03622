"""Postfix: logins that may not send, and their queued mail on hold."""
