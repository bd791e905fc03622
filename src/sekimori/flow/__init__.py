"""The map of the stages, and the runner that is wired from it."""
