"""Whose an address is that is not ours: the registries' RDAP service (RFC 9082, 9083), found by a shipped copy of IANA's list."""
