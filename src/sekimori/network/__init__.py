"""The provider's own prefixes, pools, relays and downstream operators, with history."""
