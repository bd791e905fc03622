"""Plain values that the whole house shares: spans of time, addresses, port ranges, ids, outcomes. No I/O."""
