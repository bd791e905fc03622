"""format=flowed: what was one line is one line again."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.mime import read
from sekimori.mime.flowed import unflow


@pytest.mark.parametrize(("text", "delsp", "want"), [
    ("one \ntwo\nthree", False, "one two\nthree"),
    ("Nov 24 12:00:00 host sshd[1]: Failed password \nfor root from 192.0.2.1 port 4242 ssh2\n", False, "Nov 24 12:00:00 host sshd[1]: Failed password for root from 192.0.2.1 port 4242 ssh2\n"),
    ("迷惑メールが \n届きました。\n", True, "迷惑メールが届きました。\n"),
    ("> a \n> b\n>> c \n> d", False, "> a b\n>> c \n> d"),
    (" From here\n >not quoted\n  two", False, "From here\n>not quoted\n two"),
    ("text \n-- \nName", False, "text \n-- \nName"),
    ("end ", False, "end "), ("", False, ""),
])
def test_examples(text: str, delsp: bool, want: str) -> None:
    assert unflow(text, delsp) == want


def test_in_a_message() -> None:
    raw = "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\n接続元は \r\n192.0.2.1です。\r\n".encode()
    assert read(raw).texts() == ["接続元は192.0.2.1です。\n"]
    assert read(raw.replace(b"flowed", b"fixed")).texts() == ["接続元は \n192.0.2.1です。\n"]


@given(st.text(alphabet="ab >\n-", max_size=60), st.booleans())
def test_no_word_is_lost(text: str, delsp: bool) -> None:
    assert unflow(text, delsp).translate({ord(c): None for c in " \n>"}) == text.translate({ord(c): None for c in " \n>"})


def test_long_paragraphs_are_linear() -> None:
    def cost(lines: int) -> float:
        start = time.process_time()
        unflow("word \n" * lines)
        return time.process_time() - start

    assert min(cost(160_000) / max(cost(80_000), 0.01) for _ in range(3)) < 2.6
