"""The operator's own system carries a measure out, called by a signed webhook."""
