"""Who handed which mail to our own servers: queue ids, message ids, logins."""
