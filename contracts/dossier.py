"""One deal as a folder of files that a lawyer can read without us, and that folder as a zip.

Pure but for reading the archive: the same record gives the same bytes. Names of files are ours, never a creator's.
Holds what was agreed and how; payment data lies elsewhere, encrypted, and is no part of it.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from contracts.archive import Archive, Damaged
from contracts.history import Deal, Version
from contracts.returned.documents import kind_of
from contracts.summary import table
from contracts.terms import Terms

#: The oldest date a zip can hold: its bytes must not tell when it was made.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SHA256 = re.compile(r"[0-9a-f]{64}")
SUMS = "sha256.txt"
#: How the audit log's hashes are made, for whoever has nothing but this folder.
CHAIN = """\
Each line of entries.jsonl is one entry of an audit log in which every entry holds the hash of the one before.
An entry's hash is the sha256 of this JSON list, written without line breaks and with characters as they are:
    [seq as text, at, actor, action, subject, detail as text, previous]
as Python's json.dumps(list, ensure_ascii=False) writes it. Entries about other matters lie between these, so previous
is the hash of an entry that need not be here. Entries hold ids and hashes only.
"""


@dataclass(frozen=True)
class Dossier:
    """The files by path, and what could not be put in, in words."""

    files: Mapping[str, bytes]
    problems: tuple[str, ...]


def collect(deal: Deal, archive: Archive) -> Dossier:
    """Everything but the page that shows it and the list of hashes."""
    files: dict[str, bytes] = {}
    problems: list[str] = []
    for version in deal.versions:
        folder = f"version-{version.contract.version}"
        files |= {f"{folder}/{name}": content for name, content in _of_version(version).items()}
        for name, sha256 in _documents(version):
            for problem in _archived(archive, f"{folder}/{name}", sha256, files):
                problems.append(f"Version {version.contract.version}, {name}: {problem}")
    for sheet in deal.briefs:
        name = f"{sheet.kind}-v{sheet.version}"
        try:
            files[f"briefs/{name}.docx"] = archive.read(sheet.docx_sha256)
        except Damaged as damaged:
            problems.append(f"{sheet.file_name}: {damaged.message}")
    files |= {"briefs.json": _pretty([_fields(sheet) for sheet in deal.briefs])} if deal.briefs else {}
    files |= _offers(deal) | _questions(deal) | _mails(deal)
    files["audit/entries.jsonl"] = "".join(f"{_one_line(entry)}\n" for entry in deal.audit).encode()
    files["audit/READ-ME.txt"] = CHAIN.encode()
    return Dossier(files, tuple(problems))


def _archived(archive: Archive, path: str, sha256: str, files: dict[str, bytes]) -> Iterator[str]:
    """Put a document and what shows it into the files; what could not be read, in words."""
    try:
        content = archive.read(sha256)
        files[f"{path}{_ending(content)}"] = content
    except Damaged as damaged:
        yield damaged.message
    try:
        if archive.pdf_path(sha256) is not None:
            files[f"{path}.pdf"] = archive.read_pdf(sha256)
    except Damaged as damaged:
        yield damaged.message


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same with a list of their hashes, as `sha256sum --check sha256.txt` reads it."""
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return {**files, SUMS: sums.encode()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """One zip, the same bytes for the same files. Raises ValueError at a name that would leave its folder."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as target:
        for name, content in sorted(files.items()):
            if not re.fullmatch(r"[a-z0-9]+[\w.-]*(/[\w-][\w.-]*)*", name, re.ASCII) or ".." in name:
                raise ValueError(f"{name!r} is no name for a file of ours")
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            # Stored: what a compressor makes of it differs between machines.
            target.writestr(entry, content, compress_type=zipfile.ZIP_STORED)
    return result.getvalue()


def terms_as_text(version: Version) -> str:
    """The terms of a version as people read them: one line each."""
    contract = version.contract
    if not contract.terms:
        return f"The terms of {contract.file_name} were erased with the person.\n"
    rows = table(Terms.model_validate(contract.terms))
    width = max(len(label) for _, label, _ in rows)
    head = f"Terms of {contract.file_name}, version {contract.version}, document sha256 {contract.docx_sha256}\n\n"
    return head + "".join(f"{label:<{width}}  {value}\n" for _, label, value in rows)


def _of_version(version: Version) -> dict[str, bytes]:
    found = {
        "terms.txt": terms_as_text(version).encode(),
        "terms.json": _pretty(version.contract.terms),
        "record.json": _pretty(_fields(version.contract) | {"standing": version.standing}),
    }
    if version.events:
        found["on-the-way-to-the-signature.json"] = _pretty([_fields(event) for event in version.events])
    if version.signature is not None:
        found["signature.json"] = _pretty(_fields(version.signature))
    return found


def _documents(version: Version) -> Iterator[tuple[str, str]]:
    """(name without ending, sha256) of what the archive keeps of a version."""
    yield "contract", version.contract.docx_sha256
    yield "template", version.contract.template_sha256
    for number, back in enumerate(version.came_back, start=1):
        yield f"returned-{number}", back.sha256
        if back.page:
            yield f"returned-{number}-compared", back.page
    evidence = dict(version.signature.evidence) if version.signature else {}
    for key, value in sorted(evidence.items()):
        if key.endswith("_sha256") and key != "terms_sha256" and _SHA256.fullmatch(str(value)):
            yield f"evidence-{re.sub('[^a-z0-9]+', '-', key.removesuffix('_sha256').lower())}", str(value)


def _offers(deal: Deal) -> dict[str, bytes]:
    return {"offers.json": _pretty([_fields(offer) for offer in deal.offers])} if deal.offers else {}


def _questions(deal: Deal) -> dict[str, bytes]:
    asked = []
    for request in deal.requests:
        told = _fields(request) | {"comments": [_fields(said) for said in deal.comments.get(request.id, ())]}
        for file in told["card"].get("files", ()):
            file.pop("path", None)  # where it lay on our machine tells nobody anything
        asked.append(told)
    return {"questions.json": _pretty(asked)} if asked else {}


def _mails(deal: Deal) -> dict[str, bytes]:
    """Each mail as text, in the order in which they were written and came."""
    sent = [(one.created_at, _sent(_fields(one))) for one in deal.sent]
    came = [(one.received_at, _received(_fields(one))) for one in deal.received]
    ordered = sorted(sent + came, key=lambda mail: mail[0])
    return {f"mails/{number:03}.txt": text.encode() for number, (_, text) in enumerate(ordered, start=1)}


def _sent(mail: Mapping[str, Any]) -> str:
    attached = [f"Attached: {one['name']} (sha256 {one['sha256']})" for one in mail["attachments"]]
    head = [f"Sent: {mail['sent_at'] or 'not yet'} ({mail['status']})", f"From: {mail['sender']}",
            f"To: {mail['recipient_name']} <{mail['recipient']}>", f"Subject: {mail['subject']}",
            f"Message-ID: {mail['message_id']}", *attached]  # fmt: skip
    return "\n".join([*(" ".join(line.split()) for line in head), "", mail["text"], ""])


def _received(reply: Mapping[str, Any]) -> str:
    head = [f"Received: {reply['received_at']}", f"From: {reply['sender'] or 'the creator'}",
            f"Subject: {reply['subject']}", f"Message-ID: {reply['mail_id']}",
            f"Understood as: {reply['kind']}"]  # fmt: skip
    return "\n".join([*(" ".join(line.split()) for line in head), "", reply["text"], ""])


def _ending(content: bytes) -> str:
    if content.lstrip()[:9].lower() in (b"<!doctype", b"<html>"):
        return ".html"  # first: what it tells of may hold the signs of any other kind
    kind = kind_of(content)
    return f".{kind}" if kind != "docx" or content.startswith(b"PK") else ".txt"


def _fields(row: BaseModel) -> dict[str, Any]:
    dumped = row.model_dump(mode="json")
    return {name: dumped[name] for name in type(row).model_fields if name in dumped}


def _pretty(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def _one_line(row: BaseModel) -> str:
    return json.dumps(_fields(row), ensure_ascii=False)
