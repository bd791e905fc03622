"""Is the notice real? Evidence first, then a verdict: genuine, likely, backscatter, fake, none, unknown."""
