"""Microsoft's Smart Network Data Services: the two lists of its automated data access."""
