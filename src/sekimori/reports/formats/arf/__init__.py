"""Abuse Reporting Format, RFC 5965 with 6430, 6591, 6650, 6692 and 9477 (CFBL), and what real senders make of it."""
