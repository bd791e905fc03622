"""Whether a mail comes from whom it says: Authentication-Results, SPF, DKIM, DMARC, ARC; signing. Start at `judge`."""

from .authenticity import Authenticity, from_domain, judge
from .dns import DnsResolver, LookupFailed, Resolver
from .domains import aligned, domain_of, organisational
from .signing import SigningKey, sign

__all__ = ["Authenticity", "DnsResolver", "LookupFailed", "Resolver", "SigningKey", "aligned", "domain_of", "from_domain", "judge", "organisational", "sign"]
