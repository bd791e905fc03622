"""Keys of tags: from files only, long enough, never half."""

import pytest

from sekimori.settings import SettingsError, load


@pytest.fixture
def env(tmp_path):
    key = tmp_path / "key"
    key.write_text("k" * 64 + "\n")
    return {"SEKIMORI_DATA": str(tmp_path / "data"), "SEKIMORI_TAGS_KEY_FILE": str(key)}


def test_off_by_default(tmp_path):
    assert load({"SEKIMORI_DATA": str(tmp_path)}).tags.key == ""


def test_the_key_comes_from_its_file(env, tmp_path):
    (tmp_path / "old").write_text("o" * 64)
    tags = load(env | {"SEKIMORI_TAGS_PREVIOUS_KEY_FILE": str(tmp_path / "old"), "SEKIMORI_TAGS_KEY_NUMBER": "1", "SEKIMORI_TAGS_SINCE": "2026-11-24"}).tags
    assert (tags.key, tags.previous_key, tags.key_number, tags.days, tags.since) == ("k" * 64, "o" * 64, 1, 7, "2026-11-24")


def test_a_key_in_the_settings_file_stops_the_start(env, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sekimori.toml").write_text('[tags]\nkey = "' + "k" * 64 + '"\n')
    with pytest.raises(SettingsError, match="SEKIMORI_TAGS_KEY_FILE"):
        load(env)


@pytest.mark.parametrize(("change", "why"), [
    ({"SEKIMORI_TAGS_KEY_NUMBER": "10"}, "key_number must be 0 to 9"), ({"SEKIMORI_TAGS_DAYS": "0"}, "days must be 1 to 30"),
    ({"SEKIMORI_TAGS_DAYS": "31"}, "days must be 1 to 30"), ({"SEKIMORI_TAGS_SINCE": "yesterday"}, "since must be a day"),
    ({"SEKIMORI_TAGS_KEY_FILE": "/no/such/file"}, "/no/such/file"), ({"SEKIMORI_TAGS_KEY_FILE": "short"}, "fewer than 16 characters"),
    ({"SEKIMORI_TAGS_KEY_FILE": "empty"}, "is empty"), ({"SEKIMORI_TAGS_KEY_FILE": "binary"}, "UTF-8")])
def test_what_would_prove_nothing_stops_the_start_with_one_line(env, tmp_path, monkeypatch, change, why):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short").write_text("k" * 15)
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe" * 20)
    with pytest.raises(SettingsError, match=why) as e:
        load(env | change)
    assert "\n" not in str(e.value) and "kkkk" not in str(e.value)


def test_an_old_key_alone_is_a_mistake(env):
    with pytest.raises(SettingsError, match="without tags"):
        load({"SEKIMORI_DATA": env["SEKIMORI_DATA"], "SEKIMORI_TAGS_PREVIOUS_KEY_FILE": env["SEKIMORI_TAGS_KEY_FILE"]})
