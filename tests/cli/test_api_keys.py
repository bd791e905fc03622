"""`sekimori api-keys`: a key proves its organisation until it is revoked; only its hash is kept."""

import json

import pytest
from click.testing import CliRunner
from django.test import Client

from sekimori.api.models import ApiKey
from sekimori.cli.main import root
from sekimori.intake.models import Message
from sekimori.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sekimori(folder, monkeypatch):
    """Run a command in this process, on the tests' database."""
    monkeypatch.setattr("sekimori.cli.django.setup", lambda: None)
    return lambda *args: CliRunner().invoke(root, ["api-keys", *args])


def post(key):
    return Client().generic("POST", "/api/v1/reports", b"198.18.0.7 sent spam", content_type="text/plain", headers={"authorization": f"Bearer {key}"})


def test_a_key_is_made_listed_and_revoked(sekimori):
    made = sekimori("make", "Cert.Example")
    assert made.exit_code == 0
    key = made.output.strip()
    assert len(key) > 40 and not ApiKey.objects.filter(key_hash=key).exists()
    assert post(key).status_code == 202
    assert Message.objects.values_list("mail_from", "authenticated").get() == ("api@cert.example", True)
    (line,) = map(json.loads, sekimori("list").output.splitlines())
    assert line["domain"] == "cert.example" and line["revoked_at"] is None and key not in json.dumps(line)
    done = sekimori("revoke", str(line["id"]))
    assert done.exit_code == 0 and json.loads(done.output) == {"revoked": line["id"], "domain": "cert.example"}
    assert post(key).status_code == 401 and Message.objects.count() == 1
    assert json.loads(sekimori("list").output)["revoked_at"] is not None
    assert list(Entry.objects.filter(subject=f"key:{line['id']}").order_by("seq").values_list("act", flat=True)) == ["api.key_made", "api.key_revoked"]


def test_what_cannot_be_is_one_line(sekimori):
    again = sekimori("revoke", "77")
    assert again.exit_code == 1 and again.output == "Error: no API key 77 is in force\n"
    for domain in ("localhost", "a b.example", "例え.jp", ".example", "x" * 64 + ".example"):
        refused = sekimori("make", domain)
        assert refused.exit_code == 2 and "is no domain" in refused.output
    assert not ApiKey.objects.exists() and not Entry.objects.exists()
