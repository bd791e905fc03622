"""Officers: roles, sign-in with two factors, one-time links."""
