"""Whole sets with their send log."""

import random

from .fakes import fake, ordinary
from .real import Made, Sent, real


def make(seed: int, each: int = 300) -> tuple[list[Made], dict[str, Sent]]:
    """Return `each` notices of every label in mixed order, and the send log by Message-ID. The same for the same seed."""
    rng = random.Random(seed)
    out: list[Made] = []
    log: dict[str, Sent] = {}
    for _ in range(each):
        made, sent = real(rng, ours=True)
        assert sent is not None
        log[sent.message_id] = sent
        out.append(made)
        out.append(real(rng, ours=False)[0])
        out.append(fake(rng))
        out.append(ordinary(rng))
    rng.shuffle(out)
    return out, log
