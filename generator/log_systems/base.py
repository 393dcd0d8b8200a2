"""The types that all export formats share, and the signatures to export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from generator.knowledge.base import KnowledgeBase
from generator.log_systems.patterns import PortablePattern, pattern_of
from generator.model import Status
from generator.signatures.language import Form, SignatureError, Template, compile_signature
from generator.text.urls import incident_address, on_site

LeftOutSignature = tuple[str, str]
"""A signature's name, and why it is left out."""


@dataclass(frozen=True, slots=True)
class SignatureExportOptions:
    """The options of an export.

    Attributes:
        site: the site's URL; with None, the runbooks' URLs are left out.
        selector: the LogQL selector of the streams to search.
        field: the field of an event, or the column, that contains the log line.
        table: the table of logs.
        target: the table that a view fills; None for a query.
        where: the condition of the rows to search; None for all.
        copied: other columns of the table to copy to the result.
    """

    site: str | None = None
    selector: str = '{job=~".+"}'
    field: str = "message"
    table: str = "logs"
    target: str | None = None
    where: str | None = None
    copied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PortableSignature:
    """A signature with everything that a log system needs.

    Attributes:
        incident: the incident's ID.
        number: the number of the signature in the incident, from 1.
        title: the incident's title.
        severity: the incident's severity.
        text: the original template; None if it is something else.
        form: the number of this form of the signature, from 1.
        pattern: the signature as a regular expression.
        address: the runbook's URL; empty if the site's URL is not known.
        note: when this form of the error appears; may be empty.
        near: forms of what else must be near.
        without: forms of what must not be near.
        template: the compiled template; None if it is something else.
        samples: texts that the signature finds.
        source: the source that the incident comes from; empty if it is ours.
    """

    incident: str
    number: int
    title: str
    severity: str
    text: str | None
    form: int
    pattern: PortablePattern
    address: str
    note: str
    near: tuple[tuple[PortablePattern, ...], ...] = ()
    without: tuple[tuple[PortablePattern, ...], ...] = ()
    template: Template | None = None
    samples: tuple[str, ...] = ()
    source: str = ""

    @property
    def name(self) -> str:
        """The name in messages and as a key: `some-incident#1`, or `some-incident#1.2` for a later form."""
        name = f"{self.incident}#{self.number}"
        return name if self.form == 1 else f"{name}.{self.form}"


@dataclass(frozen=True, slots=True)
class SignatureExport:
    """The result of an export.

    Attributes:
        text: the whole file.
        left_out: signatures that the format cannot express, each with the reason.
    """

    text: str
    left_out: tuple[LeftOutSignature, ...] = ()


SignatureFormat = Callable[[Sequence[PortableSignature], SignatureExportOptions], SignatureExport]


def portable_signatures(
    base: KnowledgeBase,
    options: SignatureExportOptions,
    ids: Iterable[str] | None = None,
    nearby: bool = False,
    without: bool = False,
) -> tuple[list[PortableSignature], list[LeftOutSignature]]:
    """Return the signatures of all incidents except withdrawn ones.

    Args:
        base: the knowledge base.
        options: the options of the export.
        ids: the incidents; the default is all.
        nearby: whether the format can say what else must be in the same line.
        without: whether the format can say what must not be in the same line.

    Returns:
        The signatures, and those that are invalid or cannot be expressed, each with the reason.
    """
    found: list[PortableSignature] = []
    refused: list[LeftOutSignature] = []
    for incident_id in sorted(base.incidents) if ids is None else ids:
        incident = base.incidents[incident_id]
        if incident.status is Status.WITHDRAWN:
            continue
        page = incident_address(incident_id)
        for number, signature in enumerate(incident.symptom.signatures, 1):
            try:
                compiled = compile_signature(signature.source)
            except SignatureError as error:
                refused.append((f"{incident_id}#{number}", str(error)))
                continue
            if (compiled.others and not nearby) or (compiled.without and not without):
                refused.append((f"{incident_id}#{number}", "it depends on what is near it"))
                continue
            if compiled.without and compiled.within > 1:
                refused.append((f"{incident_id}#{number}", "another line can rule it out"))
                continue
            found += [
                PortableSignature(
                    incident=incident_id,
                    number=number,
                    title=incident.title,
                    severity=incident.severity.value,
                    text=searched.source if isinstance(searched, Template) else None,
                    form=form,
                    pattern=pattern_of(searched),
                    address=on_site(options.site, page) if options.site else "",
                    note=signature.note or "",
                    near=_patterns(compiled.others),
                    without=_patterns(compiled.without),
                    template=searched if isinstance(searched, Template) else None,
                    samples=tuple(signature.samples),
                    source=base.source_of(incident_id),
                )
                for form, searched in enumerate(chain(*compiled.key), 1)
            ]
    return found, refused


def _patterns(forms: Iterable[Form]) -> tuple[tuple[PortablePattern, ...], ...]:
    return tuple(tuple(pattern_of(searched) for searched in form) for form in forms)
