"""Django's settings under pytest: a data folder of its own, thrown away at the end; nothing of the real one is read."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="sekimori-test-")
for _name in [n for n in os.environ if n.startswith("SEKIMORI_") and not n.startswith(("SEKIMORI_NEED", "SEKIMORI_TEST_"))]:
    del os.environ[_name]
os.environ["SEKIMORI_DATA"] = _folder
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from sekimori.settings import current  # noqa: E402 - the folder must be named first
from sekimori.settings.folder import ensure  # noqa: E402 - the folder must be named first

ensure(current())

from sekimori.site.django_settings import *  # noqa: E402, F403 - that is what this module is

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""Cheap on purpose: the real one takes a quarter of a second for each officer that a test signs in."""
