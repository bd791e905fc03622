"""Free text: addresses, times, log lines and their roles, with spans and confidence."""
