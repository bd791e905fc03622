"""The pure parser of delivery notices: octets in, facts out. No Django, no network, no clock."""
