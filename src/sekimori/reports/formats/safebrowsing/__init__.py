"""Google Safe Browsing Alerts for network administrators: XML lists of URLs with their addresses, one day at a time."""
