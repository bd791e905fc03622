"""Mail as octets, read without trust: bounded, lazy, never raising, Japanese first. Start at `read`."""

from .addresses import Mailbox
from .headers import Field, Headers
from .limits import DEFAULT, Limits
from .mail import Mail, Part, read
from .reading import Defect

__all__ = ["DEFAULT", "Defect", "Field", "Headers", "Limits", "Mail", "Mailbox", "Part", "read"]
