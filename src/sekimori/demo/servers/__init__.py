"""Throw-away Postfix, Dovecot and FreeRADIUS from Debian's packages, on loopback: for `play --live` and for tests."""
