"""Another knowledge base as a folder here, made from the API of its site.

The folder has what a knowledge base has: `incidents/ID/incident.yaml`, which holds the incident as
JSON (YAML reads it), and `proofs/record.json`, with their records. `source.json` says whose it is.
Nothing in it is run: proofs and tools stay where they are.

What a site says is hostile until it is checked: version, ids, digests, and each incident by the same
loader as any file. An incident that is refused hides no other. The folder takes its place when it is
whole; until then, and if anything fails, the old one stays.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from generator.knowledge.files import read_file
from generator.knowledge.loader import INCIDENT_FILE, INCIDENTS, load_entry
from generator.knowledge.records import PROOFS, RECORD_FILE, ProofRecord, ProofState
from generator.knowledge.sources.copies import (
    CopiedIncident,
    SourceCopy,
    new_copy,
    read_copy,
    write_copy,
)
from generator.knowledge.sources.site_calls import SiteCaller, SiteRefused
from generator.knowledge.sources.site_list import UPGRADE, SiteIndex, SiteRow, read_json
from generator.limits import SITE_INCIDENT_BYTES
from generator.text.controls import on_one_line
from generator.text.urls import API

# What YAML takes for a line end, a control character or no character stays an escape.
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_SHOWN = 5
_MOST_FAILED = 20
"""After so many calls that have failed, the site counts as gone."""


def copy_site(
    caller: SiteCaller,
    index: SiteIndex,
    folder: Path,
    *,
    wanted: Collection[str] | None = None,
    pinned: Mapping[str, str] | None = None,
) -> SourceCopy:
    """Make a folder have the incidents of a site; what it has already is not fetched again.

    Args:
        caller: makes the calls.
        index: the list of the site.
        folder: the folder; it is replaced as a whole.
        wanted: the ids of the incidents; all by default.
        pinned: digests by id: only these incidents are taken, and only as they were then.

    Raises:
        SiteRefused: the site cannot be read, or has not what is pinned. The folder stays as it was.
        OSError: the folder cannot be written. It stays as it was.
    """
    if pinned is not None:
        _check_pinned(index, pinned)
    ids = [
        i for i in index.rows if (wanted is None or i in wanted) and (pinned is None or i in pinned)
    ]
    before = read_copy(folder)
    old = before.incidents if before and before.address == index.address else {}
    with new_copy(folder) as new:
        taken: dict[str, CopiedIncident] = {}
        refused = dict(index.refused)
        missing = []
        for incident_id in ids:
            known = old.get(incident_id)
            same = known and known.digest == index.rows[incident_id].digest
            if known and same and _keep(folder, new, incident_id):
                taken[incident_id] = known
            else:
                missing.append(incident_id)
        failed = 0
        for incident_id, answer in _fetched(caller, missing):
            try:
                if isinstance(answer, SiteRefused):
                    failed += 1
                    raise answer
                taken[incident_id] = _write(new, index.rows[incident_id], answer)
            except SiteRefused as error:
                refused[incident_id] = str(error)
                if failed > _MOST_FAILED:
                    raise
                # What was good before is better than nothing; with a pin, it would be another one.
                known = None if pinned is not None else old.get(incident_id)
                if known and _keep(folder, new, incident_id):
                    taken[incident_id] = known
        if ids and not taken:
            why = next(iter(refused.values()))
            raise SiteRefused(f"{caller.host}: no incident can be taken: {why}")
        made = SourceCopy(index.name, index.address, dict(sorted(taken.items())), refused)
        write_copy(new, made)
    return made


def _check_pinned(index: SiteIndex, pinned: Mapping[str, str]) -> None:
    """Check that a site still has what is pinned.

    Raises:
        SiteRefused: it has not.
    """
    others = [i for i, d in pinned.items() if i not in index.rows or index.rows[i].digest != d]
    if others:
        shown = ", ".join(map(on_one_line, others[:_SHOWN]))
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        raise SiteRefused(f"the site has changed since it was pinned: {shown}{more}", "run `runbooks sources update`")  # fmt: skip


def _fetched(caller: SiteCaller, ids: list[str]) -> Iterator[tuple[str, bytes | SiteRefused]]:
    paths = {f"{API}/incidents/{incident_id}.json": incident_id for incident_id in ids}
    for path, answer in caller.get_all(list(paths), SITE_INCIDENT_BYTES):
        yield paths[path], answer


def _keep(old: Path, new: Path, incident_id: str) -> bool:
    """Copy an incident from the old folder; say whether it is there."""
    folder = f"{INCIDENTS}/{incident_id}"
    try:
        text = read_file(old, f"{folder}/{INCIDENT_FILE}")
    except OSError:
        return False
    try:
        record = read_file(old, f"{folder}/{PROOFS}/{RECORD_FILE}")
    except OSError:
        record = b""
    _put(new / folder, text, record)
    return True


def _write(new: Path, row: SiteRow, content: bytes) -> CopiedIncident:
    """Write an incident into the new folder.

    Raises:
        SiteRefused: it is not what the list says, or no incident that this program can read.
    """
    _, _, told = content.partition(b"\n")
    if sha256(told).hexdigest() != row.digest:
        raise SiteRefused("its digest is not that of the list: the site may just have been built", "try again")  # fmt: skip
    whole = read_json(b"{" + told, "its file")
    if not isinstance(whole, dict) or not isinstance(whole.get("incident"), dict):
        raise SiteRefused("its file has no incident")
    record = _record(whole.get("record"))
    standing = _standing(whole.get("standing")) if record else {}
    folder = new / INCIDENTS / row.id
    _put(folder, _as_yaml(whole["incident"]), record)
    entry = load_entry(new, row.id)
    if entry.incident is None:
        shutil.rmtree(folder)
        first = entry.diagnostics[0]
        raise SiteRefused(f"this program cannot read it: {first.message}", UPGRADE)
    return CopiedIncident(row.digest, standing)


def _put(folder: Path, text: bytes, record: bytes) -> None:
    folder.mkdir()
    (folder / INCIDENT_FILE).write_bytes(text)
    if record:
        (folder / PROOFS).mkdir()
        (folder / PROOFS / RECORD_FILE).write_bytes(record)


def _as_yaml(incident: Any) -> bytes:
    """Write an incident as JSON that YAML reads, without fields that say nothing."""
    text = json.dumps(_said(incident), indent=1, ensure_ascii=False)
    return (_NOT_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n").encode()


def _said(value: Any) -> Any:
    """Return a value without fields that are null, false or empty: they say what their absence says.

    So an incident that uses no new field can be read by an older version.
    """
    if isinstance(value, list):
        return [_said(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _said(one) for key, one in value.items()}
    return {key: one for key, one in kept.items() if not _says_nothing(one)}


def _says_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def _record(record: Any) -> bytes:
    """Return a record of proofs as it is written; nothing if this program cannot read it."""
    try:
        return ProofRecord.model_validate(record).text().encode() if record else b""
    except (ValidationError, UnicodeEncodeError):
        return b""


def _standing(value: Any) -> dict[str, ProofState]:
    states = {state.value: state for state in ProofState}
    rows = value.items() if isinstance(value, dict) else ()
    return {
        proof: states[state] for proof, state in rows if isinstance(state, str) and state in states
    }
