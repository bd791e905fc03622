"""The commands: each file one command group; they show and start, and decide nothing."""
