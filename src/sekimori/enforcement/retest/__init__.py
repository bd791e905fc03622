"""Re-test on the member's click: is the open service closed now? Only the address that the contract holds at that moment, only in
our own prefixes, one packet or one connection per service, never a login attempt.
"""
