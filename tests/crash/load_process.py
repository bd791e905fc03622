"""A load that kills itself at a step of its n-th block. Started by test_load_crash.py.

Arguments: STEP (rows|mark|commit|never|slow) BLOCK FILE [control]. `slow` waits a little at each block. `control` makes the mistake that the test must see: the place
in the file becomes durable before its rows do.
"""

import os
import signal
import sys
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "sekimori.site.django_settings"
import django

django.setup()

from django.db import transaction

from sekimori.assignments import loader
from sekimori.assignments.marks import Mark
from sekimori.assignments.sources.registry import SOURCES
from sekimori.assignments.store.factory import open_store
from sekimori.settings import current

step, at, path, control = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:] == ["control"]
loader.BLOCK = 20_000
blocks = []


def die(name):
    if name == step and len(blocks) == at:
        os.kill(os.getpid(), signal.SIGKILL)


apply, save = loader.apply, Mark.save


def counted(*args):
    blocks.append(args)
    if step == "slow":
        print("block", flush=True)
        time.sleep(0.02)
    done = apply(*args)
    die("rows")
    return done


def saved(self, *args):
    save(self, *args)
    transaction.on_commit(lambda: die("commit"))
    die("mark")


class EarlyMark(loader.Loader):
    """The control: marks the block as read, in a transaction of its own, before its rows are stored."""

    def _apply(self, block, start, end, context, mark, file, refused):
        save(mark, file, end, context.state, 0)
        super()._apply(block, start, end, context, mark, file, refused)


loader.apply, Mark.save = counted, saved
make = EarlyMark if control else loader.Loader
load = make(open_store(), SOURCES["radius-detail"], {}, current().data / "refused", lambda: 1_795_000_000_000_000)
load.load(path)
print("loaded", load.total.read)
