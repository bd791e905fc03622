"""The way a message took, read critically: what our own relays saw, and what is only claimed."""

from .dates import Stamp, parse_date

__all__ = ["Stamp", "parse_date"]
