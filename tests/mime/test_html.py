"""HTML to the text that a person would read."""

import pytest

from sekimori.mime.html import html_to_text


@pytest.mark.parametrize(("source", "text"), [
    ("<p>one</p><p>two</p>", "one\n\ntwo"),
    ("a<br>b<BR/>c", "a\nb\nc"),
    ("<table><tr><td>192.0.2.1</td><td>22</td></tr><tr><td>x</td></tr></table>", "192.0.2.1\t22\n\nx"),
    ("<ul><li>a<li>b</ul>", "- a\n- b"),
    ("see <a href='https://example.net/x?a=1&amp;b=2'>here</a>.", "see here <https://example.net/x?a=1&b=2>."),
    ("<a href='https://example.net/'>https://example.net/</a>", "https://example.net/"),
    ("<a href=\"mailto:a@example.net\">a@example.net</a>", "a@example.net"),
    ("<script>var a = '</p>';</script>kept<style>p{}</style>", "kept"),
    ("<head><title>no</title></head><body>yes</body>", "yes"),
    ("<!-- a > b -->x<!-- never closed", "x"),
    ("1 < 2 &lt; 3 &#x3042; &amp;", "1 < 2 < 3 あ &"),
    ("a   b\n c", "a b c"),
    ("<pre>a  b\n c</pre>", "a  b\n c"),
    ("<img alt='logo' src='http://track.example.net/1.gif'>", "[logo]"),
    ("<a title='x > y' href='http://example.net/'>t</a>", "t <http://example.net/>"),
    ("<svg><a href='x'>hidden</a></svg>shown", "shown"),
    ("a<a href=''>b</a>c", "abc"),
])
def test_pieces(source: str, text: str) -> None:
    assert html_to_text(source) == (text, "")


def test_hidden_markup_stays_hidden_only_where_dropped() -> None:
    assert html_to_text("<div style='display:none'>still text</div>")[0] == "still text"
