"""Broken notices out of whole ones: cut, flipped, repeated, spliced, recoded. Deterministic for a seed."""

import random
from collections.abc import Iterator, Sequence

TOKENS = (b"\r", b"\r\n", b"\n\n", b"\x00", b"\xff\xfe", b"--", b"<>", b"@", b"<a@b.example>:", b"Final-Recipient: rfc822;", b"Status: 5.1.1", b"\x1b$B", b"=?utf-8?q?", b"Content-Type: message/rfc822\n\n", b"\\x{110000}", b">>> RCPT TO:<", b"<<< 550 ", b"550-5.1.1 ", b"{\"notificationType\":", b"[" * 50, b" " * 300, b"a@" * 100)


def mutate(rng: random.Random, raw: bytes, pool: Sequence[bytes]) -> bytes:
    """Return one broken copy."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(8):
            case 0:
                del data[at:]
            case 1:
                del data[at:at + rng.randint(1, 200)]
            case 2:
                data[at:at] = rng.choice(TOKENS)
            case 3 if data:
                data[at % len(data)] = rng.randrange(256)
            case 4:
                other = rng.choice(pool)
                cut = rng.randrange(len(other) + 1)
                data = bytearray(bytes(data[:at]) + other[cut:])
            case 5:
                piece = bytes(data[at:at + rng.randint(1, 80)])
                data[at:at] = piece * rng.randint(2, 30)
            case 6:
                data = data.replace(b"\n", rng.choice((b"\r", b"\r\n", b"\n\n", b"")))
            case _:
                data = data.replace(rng.choice((b":", b"@", b"<", b" ", b"boundary")), rng.choice(TOKENS), rng.randint(1, 5))
    return bytes(data[:200_000])


def stream(pool: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Yield broken notices made of the pool."""
    rng = random.Random(seed)
    for _ in range(count):
        yield mutate(rng, rng.choice(pool), pool)
