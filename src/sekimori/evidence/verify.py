"""Re-hash the store: what is missing, what was changed."""

from __future__ import annotations

from dataclasses import dataclass

from sekimori.evidence import body as bodies
from sekimori.evidence.models import Body
from sekimori.evidence.store import root


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome: bodies and bytes checked, and the names of those that are missing or changed (sorted)."""

    checked: int
    size: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Nothing is missing and nothing was changed."""
        return not self.missing and not self.changed


def verify(*, sample: int | None = None) -> Verdict:
    """Re-hash every body (sealed ones too: hashing shows nothing), or `sample` of them spread over the names."""
    query = Body.objects.order_by("sha256")
    if sample is not None:
        total = query.count()
        step = max(1, total // max(sample, 1))
        names = list(query.values_list("sha256", flat=True)[::step])[:sample]
        query = Body.objects.filter(sha256__in=names).order_by("sha256")
    checked = size = 0
    missing: list[str] = []
    changed: list[str] = []
    folder = root()
    for sha256, length, codec, data in query.values_list("sha256", "size", "codec", "data").iterator(chunk_size=200):
        checked, size = checked + 1, size + length
        try:
            bodies.restore(sha256, length, codec, data, folder)
        except FileNotFoundError:
            missing.append(sha256)
        except (bodies.Changed, OSError):
            changed.append(sha256)
    return Verdict(checked, size, tuple(missing), tuple(changed))
