"""Who held which address, ports or prefix, from when to when."""
