"""Dovecot: logins that may not sign in, and their open sessions cut."""
