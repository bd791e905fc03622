"""From a draft of the ladder to the ladder in force: checked, simulated beside the old one, activated once, kept."""

from datetime import UTC, datetime

import pytest

import story
from notices_rows import run
from sekimori.enforcement import rehearse, rulebook
from sekimori.enforcement.models import LadderVersion, Measure
from sekimori.enforcement.rehearse import RehearseStage
from sekimori.ledger.models import Entry
from sekimori.policy import files
from sekimori.policy import ladder as in_force
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
BY = Actor("officer", "sato")
NOW = datetime.fromisoformat(story.at(20, "12:00")).astimezone(UTC)
TEXT = (files.SHIPPED / "ladder.toml").read_text(encoding="utf-8")
STRICT = TEXT.replace('version = "2026-11-24"', 'version = "strict"').replace("grace_hours = 72", "grace_hours = 24").replace("continuing_days = 2", "continuing_days = 1")


def test_a_draft_is_simulated_and_put_in_force(folder):
    story.tell(folder, story.WARNED)
    row = rulebook.draft(STRICT, BY, NOW)
    assert (row.state, row.version, row.work) == ("draft", "strict", "done")
    with pytest.raises(Refused, match="ladder_not_simulated"):
        rulebook.activate_version(row, BY, NOW, row.sha256)
    rulebook.simulate(row, 30, BY, NOW)
    run(RehearseStage(), NOW)
    row.refresh_from_db()
    assert (row.state, row.replayed, row.total, row.work) == ("simulated", 1, 1, "done")
    assert row.counts["messaging"]["warn"] == [1, 1]
    changed = row.changed.get()
    assert [s[0] for s in changed.before][:2] == ["warn", "restrict_mail"]
    assert changed.after[1][1] < changed.before[1][1], "a shorter grace leads to the restriction earlier"
    assert in_force().grace_hours == 72, "a simulation changes nothing"
    with pytest.raises(Refused, match="changed"):
        rulebook.activate_version(row, BY, NOW, "0" * 64)
    rulebook.activate_version(row, BY, NOW, row.sha256)
    assert in_force().grace_hours == 24
    assert sorted(LadderVersion.objects.values_list("version", "state")) == [("2026-11-24", "retired"), ("strict", "active")]
    row.refresh_from_db()
    with pytest.raises(Refused, match="ladder_not_simulated"):
        rulebook.activate_version(row, BY, NOW, row.sha256)
    acts = list(Entry.objects.filter(act__startswith="ladder.").order_by("seq").values_list("act", flat=True))
    assert acts == ["ladder.drafted", "ladder.simulation_asked", "ladder.simulated", "ladder.activated"]
    assert Measure.objects.filter(ladder_version="strict").count() == 0


def test_an_earlier_version_comes_back(folder):
    row = rulebook.draft(STRICT, BY, NOW)
    rulebook.simulate(row, 30, BY, NOW)
    run(RehearseStage(), NOW)
    row.refresh_from_db()
    rulebook.activate_version(row, BY, NOW, row.sha256)
    old = LadderVersion.objects.get(state="retired")
    rulebook.simulate(old, 30, BY, NOW)
    run(RehearseStage(), NOW)
    old.refresh_from_db()
    rulebook.activate_version(old, BY, NOW, old.sha256)
    assert in_force().grace_hours == 72
    assert LadderVersion.objects.filter(state="active").get().pk == old.pk


def test_what_a_draft_refuses(folder):
    with pytest.raises(Refused, match="ladder_faults"):
        rulebook.draft("version = 1", BY, NOW)
    with pytest.raises(Refused, match="ladder_version_taken"):
        rulebook.draft(TEXT.replace("grace_hours = 72", "grace_hours = 24"), BY, NOW)
    row = rulebook.draft(STRICT, BY, NOW)
    with pytest.raises(Refused, match="ladder_version_taken"):
        rulebook.draft(STRICT.replace("unlocks = 2", "unlocks = 3"), BY, NOW)
    again = rulebook.draft(STRICT.replace("unlocks = 2", "unlocks = 3"), BY, NOW, row)
    assert again.pk == row.pk
    assert "unlocks = 3" in again.text
    for days in (0, 367):
        with pytest.raises(Refused, match="window"):
            rulebook.simulate(row, days, BY, NOW)
    rulebook.discard(row, BY, NOW)
    for act in (lambda: rulebook.discard(row, BY, NOW), lambda: rulebook.simulate(row, 30, BY, NOW), lambda: rulebook.draft(STRICT, BY, NOW, row)):
        with pytest.raises(Refused, match="ladder_not_open"):
            act()


def test_a_changed_text_must_be_simulated_again(folder):
    row = rulebook.draft(STRICT, BY, NOW)
    rulebook.simulate(row, 30, BY, NOW)
    run(RehearseStage(), NOW)
    row.refresh_from_db()
    shown = row.sha256
    row = rulebook.draft(STRICT.replace("unlocks = 2", "unlocks = 3"), BY, NOW, row)
    with pytest.raises(Refused, match="ladder_not_simulated"):
        rulebook.activate_version(row, BY, NOW, shown)


def test_another_ladder_in_force_voids_the_comparison(folder):
    row = rulebook.draft(STRICT, BY, NOW)
    rulebook.simulate(row, 30, BY, NOW)
    run(RehearseStage(), NOW)
    row.refresh_from_db()
    other = folder / "other.toml"
    other.write_text(TEXT.replace('version = "2026-11-24"', 'version = "other"').replace("unlocks = 2", "unlocks = 9"), encoding="utf-8")
    rulebook.activate(other, BY, NOW)
    assert in_force().unlocks == 9
    with pytest.raises(Refused, match="changed"):
        rulebook.activate_version(row, BY, NOW, row.sha256)


def test_of_two_officers_who_activate_at_once_the_second_is_told(folder, monkeypatch):
    """Both passed the checks of their pages; the rows decide."""
    rows = [rulebook.draft(STRICT.replace('"strict"', f'"{name}"'), BY, NOW) for name in ("one", "two")]
    for row in rows:
        rulebook.simulate(row, 30, BY, NOW)
    run(RehearseStage(), NOW)
    one, two = (LadderVersion.objects.get(pk=r.pk) for r in rows)
    raw = two.text.encode()
    rulebook.activate_version(one, BY, NOW, one.sha256)
    with pytest.raises(Refused, match="changed"):
        rulebook._put(raw, two.version, BY, NOW, two)
    assert in_force().version == "one"
    assert LadderVersion.objects.get(state="active").version == "one"
    assert [p.name for p in (folder / "policy").iterdir()] == ["ladder.toml"]


def test_a_long_simulation_goes_slice_by_slice(folder, monkeypatch):
    story.tell(folder, story.WARNED)
    ticks = iter(range(10_000))
    monkeypatch.setattr(rehearse.time, "monotonic", lambda: float(next(ticks)) * rehearse.SLICE_S / 2)  # one chunk a slice
    row = rulebook.draft(STRICT, BY, NOW)
    rulebook.simulate(row, 30, BY, NOW)
    stage = RehearseStage()
    from notices_rows import context

    first = stage.work([row.pk], context(NOW))
    assert first.later == {row.pk: NOW}
    first.write()
    row.refresh_from_db()
    assert (row.state, row.replayed) == ("simulating", 1)
    first.write()  # after a rollback it is written once more
    assert row.changed.count() == 1
    last = stage.work([row.pk], context(NOW))
    last.write()
    row.refresh_from_db()
    assert (row.state, row.replayed, last.act) == ("simulated", 1, "ladder.simulated")
    assert row.counts["messaging"]["warn"] == [1, 1]


def test_seconds_alone_are_no_difference():
    earlier, later = [["warn", "2026-11-02T01:00:05+00:00", "A"]], [["warn", "2026-11-02T01:00:50+00:00", "A"]]
    assert rehearse._to_the_minute(earlier) == rehearse._to_the_minute(later)
    assert rehearse._to_the_minute(earlier) != rehearse._to_the_minute([["warn", "2026-11-02T01:01:05+00:00", "A"]])


def test_a_discarded_draft_stops_being_simulated(folder):
    story.tell(folder, story.WARNED)
    row = rulebook.draft(STRICT, BY, NOW)
    rulebook.simulate(row, 30, BY, NOW)
    rulebook.discard(row, BY, NOW)
    run(RehearseStage(), NOW)
    row.refresh_from_db()
    assert (row.state, row.work, row.replayed) == ("discarded", "done", 0)
