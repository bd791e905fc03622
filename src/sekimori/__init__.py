"""Sekimori (関守): the abuse desk of an internet service provider, as software."""
