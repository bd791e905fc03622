"""Members, contracts, logins and circuits, with history; holders behind the ledger."""
