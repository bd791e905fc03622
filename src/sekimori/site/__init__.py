"""Django wiring: settings, URLs, the web application."""
