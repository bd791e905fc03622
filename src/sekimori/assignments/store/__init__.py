"""The interval store: one interface, two backends, one conformance suite."""
