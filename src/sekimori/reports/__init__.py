"""What reporters say: formats and free text read into findings; reporters, duplicates, what a person must look at.

Start at `contract` (what a format is), `registry` (which there are), `reading` (one item read whole), `stages` (the river).
"""
