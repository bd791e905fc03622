"""radacct by SQL from a real PostgreSQL: what is new is loaded once, and the next pull goes on where it stopped."""

import json
import subprocess
import sys

import psycopg
import pytest

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
TABLE = """CREATE TABLE radacct (radacctid bigserial PRIMARY KEY, acctsessionid text, acctuniqueid text UNIQUE, username text, nasipaddress inet,
 acctstarttime timestamptz, acctupdatetime timestamptz, acctstoptime timestamptz, acctterminatecause text, framedipaddress inet,
 framedipv6address inet, framedipv6prefix inet, delegatedipv6prefix inet)"""
ROW = "INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctupdatetime, acctstoptime, acctterminatecause, framedipaddress) VALUES "


def run(env, *args, code=0, stdin=None):
    done = subprocess.run([sys.executable, "-m", "sekimori", *args], env=env, capture_output=True, text=True, timeout=120, input=stdin)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture
def desk(data_folder, postgres_url, tmp_path):
    run(data_folder, "init", "--synthetic")
    (tmp_path / "url").write_text(postgres_url + "\n")
    with psycopg.connect(postgres_url, autocommit=True) as radius:
        radius.execute(TABLE)
        yield data_folder, radius, str(tmp_path / "url")


def pull(env, url):
    return json.loads(run(env, "assignments", "pull", "radacct", "--url-file", url).stdout)


def test_what_is_new_is_loaded_once(desk, tmp_path):
    env, radius, url = desk
    radius.execute(ROW + "('s1', 'u1', 'u1@isp.example', '192.0.2.1', now() - interval '5 hours', now() - interval '1 hour', now() - interval '1 hour', 'User-Request', '198.18.0.7')")
    assert pull(env, url)["stored"] == 1
    assert pull(env, url)["stored"] == 0
    radius.execute(ROW + "('s2', 'u2', 'u2@isp.example', '192.0.2.1', now() - interval '4 minutes', now(), NULL, NULL, '198.18.0.8')")
    assert pull(env, url)["stored"] == 1
    assert not list((tmp_path / "data" / "pulls").glob("*.gz"))


def test_the_answer_comes_from_the_pulled_row(desk, tmp_path):
    env, radius, url = desk
    radius.execute(ROW + "('s1', 'u1', 'u1@isp.example', '192.0.2.1', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', '2026-11-02T00:00:00Z', 'User-Request', '198.18.0.7')")
    (tmp_path / "n.csv").write_text("prefix,kind,pd_length,realm,valid_from,valid_to,contact\n198.18.0.0/24,radius,,,,,\n")
    (tmp_path / "c.csv").write_text("contract,holder,kind,language,email,alt_email,phone,postal,access,product,protected,consents,valid_from,valid_to\nC1,x,person,ja,,,,,pppoe,,,,,\n")
    (tmp_path / "l.csv").write_text("key,contract,valid_from,valid_to,user\nu1@isp.example,C1,,,\n")
    for group, name in (("network", "n"), ("contracts", "c"), ("logins", "l")):
        run(env, group, "load", str(tmp_path / f"{name}.csv"))
    run(env, "assignments", "pull", "radacct", "--url-file", url, "--set", "addresses=fixed")
    question = json.dumps({"id": 1, "ip": "198.18.0.7", "port": 4000, "proto": "tcp", "time": "2026-11-01T12:00:00Z", "zone": "stated", "error_s": 2})
    answer = json.loads(run(env, "attribute", "--jsonl", "--synthetic", "--basis", "SYNTHETIC", stdin=question).stdout)
    assert (answer["certainty"], answer["contract"]) == ("exact", "C1")


def test_a_database_that_is_away_is_one_line(data_folder, tmp_path):
    run(data_folder, "init", "--synthetic")
    (tmp_path / "url").write_text("postgresql://127.0.0.1:1/x")
    done = run(data_folder, "assignments", "pull", "radacct", "--url-file", str(tmp_path / "url"), code=1)
    assert done.stderr.startswith("Error: radacct:")
    assert "Traceback" not in done.stderr
