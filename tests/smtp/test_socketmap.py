"""Postfix's socketmap: netstrings in, netstrings out; what is malformed ends the connection and nothing else."""

import asyncio
import logging
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.smtp import socketmap
from sekimori.smtp.socketmap import Malformed, NoSuchMap, answer, netstring, read_netstring
from wire import free_port


def lookup(name, key):
    if name == "broken":
        raise RuntimeError("a bug")
    if name != "m":
        raise NoSuchMap(name)
    return {"a": "b", "漢": "字"}.get(key)


@pytest.mark.parametrize(("request_", "reply"), [
    (b"m a", b"OK b"), (b"m x", b"NOTFOUND "), (b"m ", b"NOTFOUND "), ("m 漢".encode(), "OK 字".encode()), (b"m a b", b"NOTFOUND "),
    (b"other a", b"PERM there is no such map"), (b"m", b"PERM NAME KEY is expected"), (b"", b"PERM NAME KEY is expected"), (b"m \xff", b"NOTFOUND ")])
def test_answers(request_, reply):
    assert answer(request_, lookup) == reply


def test_a_fault_of_ours_holds_no_mail_up(caplog):
    with caplog.at_level(logging.ERROR):
        assert answer(b"broken a", lookup) == b"NOTFOUND "
    assert "socketmap.fault map=broken" in caplog.text


def reading(data):
    async def one():
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return await read_netstring(reader)

    return asyncio.run(one())


@pytest.mark.parametrize("data", [b":a,", b"01:a,", b"-1:a,", b"1 :a,", b"x:a,", b"1:ab,", b"1:a;", b"2001:" + b"a" * 2001 + b",", b"99999999:a,"])
def test_what_is_no_netstring(data):
    with pytest.raises(Malformed):
        reading(data)


@pytest.mark.parametrize("data", [b"", b"1", b"1:", b"1:a", b"5:abc"])
def test_a_client_that_stops(data):
    with pytest.raises(asyncio.IncompleteReadError):
        reading(data)


@given(st.binary(max_size=2000))
def test_what_is_written_is_read(data):
    assert reading(netstring(data) + b"rest") == data


@given(st.binary(max_size=300) | st.from_regex(rb"[0-9]{0,6}:?.{0,60},?", fullmatch=True))
def test_nothing_that_comes_raises_anything_else(data):
    try:
        read = reading(data)
    except (Malformed, asyncio.IncompleteReadError):
        return
    assert data.startswith(netstring(read))
    assert answer(read, lookup).split(b" ")[0] in (b"OK", b"NOTFOUND", b"PERM")


@pytest.fixture
def served():
    """The server in a loop of its own thread; gives its port."""
    port, ready, held = free_port(), threading.Event(), {}

    async def main():
        held["loop"], held["stop"] = asyncio.get_running_loop(), asyncio.Event()
        async with await socketmap.serve(lookup, "127.0.0.1", port, idle_s=1.0):
            ready.set()
            await held["stop"].wait()

    thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield port
    held["loop"].call_soon_threadsafe(held["stop"].set)
    thread.join(10)


def test_over_the_wire(served):
    at = f"127.0.0.1:{served}"
    assert socketmap.ask(at, "m", "a") == "b" and socketmap.ask(at, "m", "x") is None
    with pytest.raises(OSError, match="PERM"):
        socketmap.ask(at, "other", "a")
    with socket.create_connection(("127.0.0.1", served), timeout=5) as s, s.makefile("rb") as f:
        s.sendall(netstring(b"m a") * 3)
        assert f.read(len(netstring(b"OK b")) * 3) == netstring(b"OK b") * 3
        s.sendall(b"garbage")
        assert f.read() == netstring(b"PERM no length"), "and the connection is closed"
    assert socketmap.ask(at, "m", "a") == "b"


def test_a_silent_client_is_let_go(served):
    with socket.create_connection(("127.0.0.1", served), timeout=10) as s:
        assert s.recv(1) == b""


def test_nobody_there_and_somebody_else():
    with pytest.raises(OSError):
        socketmap.ask(f"127.0.0.1:{free_port()}", "m", "a")
    with pytest.raises(OSError):
        socketmap.ask("127.0.0.1:none", "m", "a")
