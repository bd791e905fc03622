"""Rows that wait: claims with leases, fair lanes, retries, poison, the doubt about the clock."""
