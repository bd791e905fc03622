"""The signature verifies with dkimpy, a missing key stops the notice."""

import dataclasses
import subprocess

import dkim
import pytest

from notices_rows import case, notice_for
from sekimori.notices.senders import mail
from sekimori.notices.sign import signed
from sekimori.values.outcomes import Outage


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dkim")
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", folder / "key.pem", "2048"], check=True, capture_output=True)
    public = subprocess.run(["openssl", "rsa", "-in", folder / "key.pem", "-pubout"], check=True, capture_output=True, text=True).stdout
    return folder / "key.pem", "".join(public.splitlines()[1:-1])


@pytest.mark.django_db
def test_a_notice_is_signed_by_our_domain(folder, now, key):
    path, public = key
    settings = dataclasses.replace(folder, mail=dataclasses.replace(folder.mail, dkim_selector="s1", dkim_key_file=str(path)))
    raw = mail.octets(notice_for(case(now), now), settings)
    out = signed(raw, settings, now)
    assert out.endswith(raw) and b"d=isp.example" in out.partition(raw)[0]
    answer = lambda name, timeout=5: f"v=DKIM1; k=rsa; p={public}".encode() if name == b"s1._domainkey.isp.example." else b""  # noqa: E731
    assert dkim.verify(out, dnsfunc=answer)
    assert not dkim.verify(out.replace("通知番号".encode(), b"x").replace(b"Auto-Submitted: auto-generated", b"Auto-Submitted: no"), dnsfunc=answer)


@pytest.mark.django_db
def test_without_a_key_file_nothing_is_signed_and_with_a_broken_one_nothing_is_sent(folder, now, tmp_path):
    raw = mail.octets(notice_for(case(now), now), folder)
    assert signed(raw, folder, now) == raw
    for path in (tmp_path / "absent", tmp_path / "broken"):
        (tmp_path / "broken").write_text("no key")
        settings = dataclasses.replace(folder, mail=dataclasses.replace(folder.mail, dkim_selector="s1", dkim_key_file=str(path)))
        with pytest.raises(Outage):
            signed(raw, settings, now)
