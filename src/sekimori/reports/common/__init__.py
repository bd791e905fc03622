"""Helpers that several formats share: addresses, times, categories, tables, archives, strict JSON, enclosed originals."""
