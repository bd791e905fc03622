"""View families of the desk, one a file."""
