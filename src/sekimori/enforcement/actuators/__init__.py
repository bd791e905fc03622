"""Carrying measures out on equipment: a folder each, strangers to each other; `registry.py` knows them all."""
