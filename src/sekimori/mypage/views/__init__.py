"""My page's views, one family a module."""
