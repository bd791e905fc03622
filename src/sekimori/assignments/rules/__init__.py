"""Computed sources: who holds an address and port by rule, not by record. Rules are versioned rows."""
