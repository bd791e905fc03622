"""Look-ups against a registry on loopback, and the cache in the database."""

import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from sekimori.network.models import Registered
from sekimori.network.rdap import cache
from sekimori.network.rdap.bootstrap import Bootstrap
from sekimori.network.rdap.lookup import look_up
from sekimori.values.outcomes import Outage

ANSWER = {"startAddress": "8.8.8.0", "endAddress": "8.8.8.255", "entities": [
    {"roles": ["abuse"], "vcardArray": ["vcard", [["email", {}, "text", "abuse@holder.example"]]]}]}


class Handler(BaseHTTPRequestHandler):
    """Answers, redirects, errors and drips by path."""

    hits: list[str] = []

    def do_GET(self):
        Handler.hits.append(self.path)
        name = self.path.split("/")[1]
        if name == "drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                time.sleep(0.05)
                self.wfile.write(b" ")
                self.wfile.flush()
            return
        if name == "loop":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
            return
        if name == "away":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/x")
            self.end_headers()
            return
        body = b"x" * 2_000_000 if name == "large" else json.dumps(ANSWER).encode()
        self.send_response({"busy": 429, "none": 404, "broken": 500}.get(name, 200))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def registry():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield lambda name: Bootstrap.of([(f"http://127.0.0.1:{server.server_port}/{name}/", ["8.0.0.0/8", "2600::/12"])])
    server.shutdown()
    server.server_close()


IP = ip_address("8.8.8.8")


def test_an_answer_is_read(registry):
    found = look_up(IP, registry("good"), 5)
    assert found and found.contact == "abuse@holder.example"
    assert Handler.hits[-1] == "/good/ip/8.8.8.8"


@pytest.mark.parametrize("name", ["busy", "broken", "large", "drip"])
def test_a_registry_that_is_away_slow_or_endless_is_an_outage(registry, name):
    start = time.monotonic()
    with pytest.raises(Outage):
        look_up(IP, registry(name), 0.5 if name == "drip" else 5)
    assert time.monotonic() - start < 4


@pytest.mark.parametrize("name", ["none", "loop", "away"])
def test_nothing_registered_and_redirects_elsewhere_give_nothing(registry, name):
    assert look_up(IP, registry(name), 5) is None


def test_nobody_listens():
    with pytest.raises(Outage):
        look_up(IP, Bootstrap.of([("http://127.0.0.1:9/", ["8.0.0.0/8"])]), 1)


@pytest.mark.django_db
def test_a_range_is_asked_once_until_it_runs_out(registry, now):
    Handler.hits.clear()
    first = cache.contacts(["8.8.8.8", "8.8.8.9"], now, registry("good"), 3)
    first.keep()
    again = cache.contacts(["8.8.8.77"], now + timedelta(days=1), registry("good"), 3)
    assert first.known == {"8.8.8.8": "abuse@holder.example", "8.8.8.9": "abuse@holder.example"}
    assert again.known == {"8.8.8.77": "abuse@holder.example"} and not again.new
    assert len(Handler.hits) == 1
    late = cache.contacts(["8.8.8.8"], now + timedelta(days=15), registry("good"), 3)
    late.keep()
    assert len(Handler.hits) == 2
    assert Registered.objects.count() == 1


@pytest.mark.django_db
def test_special_addresses_and_a_desk_that_may_not_ask_never_ask(registry, now):
    Handler.hits.clear()
    assert cache.contacts(["198.51.100.7", "10.0.0.1", "x", "2001:db8::1"], now, registry("good"), 3).known == dict.fromkeys(["198.51.100.7", "10.0.0.1", "x", "2001:db8::1"], "")
    assert cache.contacts(["8.8.8.8"], now, None, 3).known == {"8.8.8.8": ""}
    assert not Handler.hits


@pytest.mark.django_db
def test_registries_that_are_away_cost_two_tries_a_batch(registry, now):
    found = cache.contacts([f"8.8.{n}.1" for n in range(5)], now, registry("busy"), 3)
    assert found.unasked == {"8.8.2.1", "8.8.3.1", "8.8.4.1"}
    found.keep()
    assert cache.contacts(["8.8.0.1"], now + timedelta(minutes=5), registry("good"), 3).known == {"8.8.0.1": ""}
    assert cache.contacts(["8.8.0.1"], now + timedelta(hours=2), registry("good"), 3).known == {"8.8.0.1": ""}  # 8.8.0.1 lies outside the answered range
    assert cache.contacts(["8.8.8.1"], now, registry("good"), 3).known == {"8.8.8.1": "abuse@holder.example"}


@pytest.mark.django_db
def test_the_budget_of_a_batch_ends_the_asking(registry, now, monkeypatch):
    monkeypatch.setattr(cache, "BUDGET_S", -1.0)
    found = cache.contacts(["8.8.8.8"], now, registry("good"), 3)
    assert found.unasked == {"8.8.8.8"} and not found.new
