"""Our own monthly self-test: a report marked with GTUBE that says by its number that it is one. Put aside, never a case."""
