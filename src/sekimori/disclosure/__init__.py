"""Requests of authorities, courts, lawyers and the person; preservation of log rows. Two persons, never the identity by default."""
