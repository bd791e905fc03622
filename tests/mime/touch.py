"""Read everything that a Mail offers."""

from sekimori.mime import Mail


def touch(mail: Mail) -> int:
    """Access every property of a message, of all its parts and messages inside; return how many parts there were."""
    count = 0
    seen: list[object] = [mail.subject, mail.message_id, mail.texts(), mail.defects, mail.raw]
    for part in mail.walk():
        count += 1
        seen = [part.type, part.params, part.charset, part.disposition, part.filename, part.body, part.content, part.text, part.plain,
                part.charset_used, part.depth, part.children, part.parent, part.message, part.is_attachment, part.encoding, part.where, repr(part)]
        assert part.start <= part.body_start <= part.end <= len(part.mail.raw)
        headers = part.headers
        for name in dict.fromkeys(f.lower for f in headers):
            seen += [headers.get(name), headers.all(name), headers.raw(name), headers.has(name), headers.param(name, "x")]
        for name in ("from", "to", "cc", "reply-to", "sender"):
            seen += headers.addresses(name)
    assert seen
    "".join(mail.texts()).encode("utf-8")
    mail.subject.encode("utf-8")
    for defect in mail.defects:
        assert defect.code and isinstance(defect.detail, str)
    return count
