"""XARF v1 to v3 with its alpha and development drafts (one family of JSON): read, refused by field, converted to v4."""
