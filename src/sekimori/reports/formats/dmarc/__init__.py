"""DMARC aggregate (RFC 7489, RFC 9990), DMARC failure in plain text, and SMTP TLS reports (RFC 8460): no abuse, routed away."""
