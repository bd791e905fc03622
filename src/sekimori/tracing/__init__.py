"""The way a message took, read critically: what our own relays saw, and what is only claimed. Start at `trace`."""

from .chain import Relay, Trace, trace
from .claims import Claim
from .dates import Stamp, parse_date
from .flags import Flag
from .received import Hop, parse_received

__all__ = ["Claim", "Flag", "Hop", "Relay", "Stamp", "Trace", "parse_date", "parse_received", "trace"]
