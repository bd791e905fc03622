"""A backup: a folder with the database, the evidence files, keys and settings, and a manifest that proves it whole."""
