"""Where the shared samples are, if they are there at all (they are not part of the repository)."""

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"


def corpus(name: str) -> Path:
    """Return a folder of the corpus, or skip the test with a message."""
    path = CORPUS / name
    if not path.exists():
        pytest.skip(f"no samples at {path}")
    return path
