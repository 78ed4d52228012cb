"""Reads mails (4-byte length, bytes) from stdin; writes what Python's email package sees in each as a line of JSON."""
import email
import email.policy
import json
import struct
import sys


def addresses(header):
    if header is None:
        return []
    return [{"name": a.display_name, "address": a.addr_spec} for a in header.addresses]


def read(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    texts = {part.get_content_subtype(): part.get_payload(decode=True).decode() for part in parts if not part.is_attachment()}
    return {
        "fields": [name.lower() for name in mail.keys()],
        "subject": str(mail["subject"]),
        "from": addresses(mail["from"]),
        "to": addresses(mail["to"]),
        "replyTo": addresses(mail["reply-to"]),
        "text": texts.get("plain", ""),
        "html": texts.get("html", ""),
        "extra": str(mail["x-extra"]) if mail["x-extra"] is not None else None,
        "attachments": [
            {"name": part.get_filename(), "content": part.get_payload(decode=True).hex()} for part in mail.iter_attachments()
        ],
        "defects": [type(d).__name__ for d in mail.defects],
    }


source = sys.stdin.buffer
while head := source.read(4):
    raw = source.read(struct.unpack(">I", head)[0])
    sys.stdout.write(json.dumps(read(raw)) + "\n")
