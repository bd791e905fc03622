"""HOST:PORT, and the commands that listen: one line where it is wrong or taken."""

import socket
import subprocess
import sys

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.cli.listen import host_port


@pytest.mark.parametrize(("text", "means"), [("127.0.0.1:25", ("127.0.0.1", 25)), ("[::1]:2424", ("::1", 2424)), ("mx.isp.example:65535", ("mx.isp.example", 65535))])
def test_what_is_one(text, means):
    assert host_port(text) == means


@pytest.mark.parametrize("text", ["", "25", ":25", "host:", "host:0", "host:65536", "host:٢٥", "host:2 5", "host:-1", "host:99999999999999999999"])
def test_what_is_none(text):
    with pytest.raises(click.UsageError, match="is not HOST:PORT"):
        host_port(text)


@given(st.text(max_size=40))
def test_anything_is_read_or_refused(text):
    try:
        host, port = host_port(text)
    except click.UsageError:
        return
    assert host is not None and 0 < port < 65536


@pytest.mark.parametrize("command", [("actuators", "policy", "--listen"), ("up", "--http")])
def test_a_port_that_is_taken_is_one_line(made_folder, command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run([sys.executable, "-m", "sekimori", *command, f"127.0.0.1:{taken.getsockname()[1]}"], env=made_folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "cannot listen on 127.0.0.1:" in done.stderr
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
