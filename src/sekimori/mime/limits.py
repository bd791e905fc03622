"""How much of a message is looked at. Beyond a limit the octets are kept, the analysis stops and a defect says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one reading; sizes in octets unless named otherwise.

    Values follow what mail systems agreed on by 2026 (MIME-tools 5.521, Postfix, Dovecot) and what was measured on
    blow-up inputs; each is checked on the octets before anything is decoded.
    """

    message: int = 30_000_000         #: octets of a message that are analysed (Shadowserver attachments reach 25 MB)
    header_block: int = 262_144       #: octets of one header block
    header_fields: int = 1_000        #: fields of one header block
    header_value: int = 16_384        #: octets of one unfolded field that are analysed
    received: int = 100               #: Received fields of one header block (Postfix refuses at 50 hops)
    addresses: int = 500              #: mailboxes of one field
    encoded_words: int = 200          #: RFC 2047 words decoded in one field
    parameter_value: int = 4_096      #: octets of a Content-Type or Content-Disposition field
    parameters: int = 100             #: parameters of such a field
    boundary: int = 400               #: octets of a boundary (RFC 2046 says 70; Postfix accepts 2048)
    delimiter_lines: int = 20_000     #: lines that begin with a boundary, in the whole message
    boundaries: int = 50              #: multiparts, in the whole message
    depth: int = 10                   #: nesting of parts and messages
    parts: int = 200                  #: parts of the whole message, nested messages included
    nested: int = 90_000_000          #: octets copied for nested messages, in the whole message
    text: int = 1_000_000             #: octets of a body that are decoded to text
    text_total: int = 8_000_000       #: octets of all bodies decoded to text, in the whole message
    html: int = 400_000               #: octets of HTML that are converted (shown text is cut further by the page)
    html_depth: int = 256             #: open elements while converting HTML
    html_text: int = 262_144          #: characters of text made from HTML
    charset_guesses: int = 4          #: calls of the statistical charset detector, in the whole message
    guess_sample: int = 4_096         #: octets that it sees
    defects: int = 200                #: defects listed


DEFAULT = Limits()
