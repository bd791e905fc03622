"""RADIUS: sign-in refused, running sessions ended or filtered (RFC 5176)."""
