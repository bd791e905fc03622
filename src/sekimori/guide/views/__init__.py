"""The guide's pages, one family a module."""
