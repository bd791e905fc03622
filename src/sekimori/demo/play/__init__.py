"""`sekimori play`: executable stories. `scenario` reads lines, `build` makes messages, `apply` does what a line says,
`timeline` moves the clock through every deadline, `expect` checks, `changes` tells what changed.
"""
