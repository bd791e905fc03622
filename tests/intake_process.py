"""The receiving process for crash tests: as shipped, or broken on purpose, so that the tests are known to be able to fail.

Usage: intake_process.py sound|checkpoint|ack_first|normal PORT
`checkpoint` is as shipped, but copies SQLite's log into the database after every COMMIT (usually every 4 MB).
`ack_first` answers before COMMIT; `normal` uses SQLite's synchronous=NORMAL (no fsync at COMMIT).
"""

import asyncio
import os
import sys
import threading

os.environ["DJANGO_SETTINGS_MODULE"] = "sekimori.site.django_settings"

import django
from django.conf import settings as django_settings

MODE, PORT = sys.argv[1], int(sys.argv[2])

if MODE == "checkpoint":
    django_settings.DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA wal_autocheckpoint=1;"
if MODE == "normal":
    options = django_settings.DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=NORMAL")
django.setup()

from sekimori.evidence import durable
from sekimori.intake import committer, serve
from sekimori.settings import current
from sekimori.values.clock import SystemClock

if MODE == "normal":
    durable.SQLITE["synchronous"] = {1}
if MODE == "ack_first":
    class AckFirst(committer.Committer):
        def submit(self, ready):
            threading.Timer(0.2, super().submit, [ready]).start()  # a quick disk would else win the race against the answer
            done = committer.Future()
            done.set_result(None)
            return done

    serve.Committer = AckFirst

asyncio.run(serve.serve(serve.Doors(lmtp=("127.0.0.1", PORT)), settings=current(), clock=SystemClock()))
