"""Findings per contract and policy, with state, deadlines and timeline."""
