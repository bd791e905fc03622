"""SMTP and LMTP: a hardened server for the doors, an outgoing client, and the guard in front of every outgoing header."""
