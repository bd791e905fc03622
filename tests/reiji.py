"""A small demo provider in the test database, its reports received."""

import random
from dataclasses import replace

from sekimori.cli import django
from sekimori.cli.main import root
from sekimori.demo.letters import letters
from sekimori.demo.logs import write_all
from sekimori.demo.run import go_live, load, reputations
from sekimori.demo.world import DOMAIN, World, make_members
from sekimori.intake.receive import receive
from sekimori.settings import current, use


def filled(tmp_path, now, monkeypatch):
    """Fill the database; yields the letters with their planted truth, and puts the settings back afterwards."""
    monkeypatch.setattr(django, "setup", lambda **_: None)
    before = current()
    use(replace(before, synthetic=True, provider=replace(before.provider, domains=(DOMAIN,)),
                mail=replace(before.mail, authserv_ids=("mx.reiji-net.example",), trusted_relays=("mx.reiji-net.example", "198.51.100.25"))))
    world = World(now=now, rnd=random.Random(7))
    make_members(world, 400)
    files = write_all(world, tmp_path)
    load(files, lambda words: root.main(words, standalone_mode=False), lambda _: None)
    reputations(now)
    go_live(now)
    written = letters(world)
    for letter in written:
        receive(letter.raw, mail_from=letter.sender, rcpt_to=[f"abuse@{DOMAIN}"], door="lmtp", peer="", now=now)
    yield written
    use(before)
