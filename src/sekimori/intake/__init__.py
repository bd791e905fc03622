"""Intake: receive, keep durably, then answer. Nothing is judged here but the route: who reads the message next."""
