"""The document as DOCX, for reviewers who comment and edit in a word processor.

The same document gives the same bytes: dates come from the document, not from the clock.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from generator.postmortems.base import ExportedFile, ExportRequest
from generator.postmortems.document import (
    Heading,
    MissingPart,
    PostMortem,
    PrintedBlock,
    PrintedCode,
    PrintedList,
    PrintedParagraph,
    PrintedTable,
    Span,
    Style,
    StyledText,
    without_styles,
)
from generator.text.extras import NotInstalled, is_installed

# The library is slow to import, and no other format needs it.
if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as DocxParagraph

_TEXT_FONT, _CODE_FONT = "Calibri", "Consolas"
_QUIET, _WARN, _LINK, _PANEL, _LINE = "57606A", "8A4B00", "0B57D0", "F1F3F5", "C4CBD3"
_CODE, _MISSING, _NOTICE = "Code", "Missing", "Notice"
_WIDTH = 170  # millimetres between the margins of A4
_STEP = 0.25  # inches by which the lists of the template indent each level
_LEVELS = 3  # most levels of lists
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest date in a ZIP file


def export(request: ExportRequest) -> ExportedFile:
    """Return the post-mortem of one incident as DOCX."""
    return ExportedFile(write(request.document()))


def write(document: PostMortem) -> bytes:
    """Return a document as the bytes of a DOCX file.

    Raises:
        NotInstalled: the extra `docx` is missing.
    """
    if not is_installed("docx"):
        raise NotInstalled("DOCX", "docx")
    import docx

    writer = _Writer(docx.Document())
    writer.set_up(document)
    writer.fill(document)
    buffer = io.BytesIO()
    writer.docx.save(buffer)
    return _undated(buffer.getvalue())


def _undated(archive: bytes) -> bytes:
    """Return a ZIP file without the times at which its members were written."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            member = zipfile.ZipInfo(name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(member, before.read(name))
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes blocks into a DOCX."""

    docx: Docx

    def set_up(self, document: PostMortem) -> None:
        """Set page, styles and metadata."""
        from docx.enum.style import WD_STYLE_TYPE
        from docx.shared import Mm, Pt, RGBColor

        page = self.docx.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(20)
        styles = self.docx.styles
        normal: Any = styles["Normal"]
        normal.font.name, normal.font.size = _TEXT_FONT, Pt(10.5)
        normal.paragraph_format.space_after = Pt(6)
        for name, size in (
            ("Title", 22),
            ("Heading 1", 15),
            ("Heading 2", 12.5),
            ("Heading 3", 11),
        ):
            style: Any = styles[name]
            _set_font(style, _TEXT_FONT)
            style.font.size, style.font.color.rgb = Pt(size), RGBColor.from_string("1B1F24")
            style.paragraph_format.keep_with_next = True
            style.paragraph_format.space_after = Pt(4)
        for name, color in ((_MISSING, _WARN), (_NOTICE, _WARN), (_CODE, "1B1F24")):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = normal
            style.font.color.rgb = RGBColor.from_string(color)
        missing: Any = styles[_MISSING]
        missing.font.italic = True
        notice: Any = styles[_NOTICE]
        notice.font.bold = True
        code: Any = styles[_CODE]
        _set_font(code, _CODE_FONT)
        code.font.size = Pt(9)
        code.paragraph_format.line_spacing = 1
        _shade(code.element.get_or_add_pPr(), _PANEL)
        _frame(code.element.get_or_add_pPr(), _PANEL)
        for border in styles["Table Grid"].element.iter():
            if border.tag.endswith(("}top", "}left", "}bottom", "}right", "}insideH", "}insideV")):
                _set(border, "w:color", _LINE)
        self._describe(document)

    def _describe(self, document: PostMortem) -> None:
        """Set the metadata, because the template has its own."""
        from docx.enum.text import WD_TAB_ALIGNMENT
        from docx.shared import Mm

        properties = self.docx.core_properties
        made = datetime.combine(document.made, time(), UTC).replace(tzinfo=None)
        properties.title = document.title[:255]
        properties.subject = f"Post-mortem {document.id}"[:255]
        properties.author = properties.last_modified_by = document.publisher[:255]
        properties.keywords = ", ".join(document.components)[:255]
        properties.category, properties.comments = "Post-mortem", ""
        properties.created = properties.modified = made
        properties.revision = 1
        footer = self.docx.sections[0].footer.paragraphs[0]
        footer.style = self.docx.styles["Normal"]
        footer.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        self._spans(footer, (Span(Style.NOTE, f"{without_styles(document.colophon)}\t"),))
        footer._p.append(_element("w:fldSimple", "w:instr", "PAGE"))

    def fill(self, document: PostMortem) -> None:
        """Write the whole document."""
        self.docx.add_paragraph(style="Title").add_run(document.title)
        if document.notice:
            self._spans(self.docx.add_paragraph(style=_NOTICE), document.notice)
        strong = tuple(
            ((Span(Style.STRONG, label),), value) for label, value in document.facts
        )  # the title block is a table without a header
        self._table(PrintedTable((), strong, (22, 78)))
        for section in document.sections:
            self.docx.add_heading(section.title, 1)
            self._blocks(section.blocks)

    def _blocks(self, blocks: tuple[PrintedBlock, ...], depth: int = 0) -> None:
        for block, following in zip_longest(blocks, blocks[1:]):
            self._block(block, depth)
            if isinstance(block, PrintedParagraph) and isinstance(following, PrintedCode):
                self.docx.paragraphs[-1].paragraph_format.keep_with_next = True

    def _block(self, block: PrintedBlock, depth: int) -> None:
        """Write a block; `depth` is the number of lists around it."""
        match block:
            case PrintedParagraph(text):
                self._spans(self._indented(depth), text)
            case MissingPart(text):
                self._indented(depth, _MISSING).add_run(text)
            case PrintedCode(text, _):
                # One paragraph with line ends: a word processor shows it as one panel.
                self._indented(depth, _CODE).add_run(text)
            case Heading(text, level):
                self._spans(self.docx.add_heading(level=level + 1), text)
            case PrintedList(items, numbered):
                self._items(items, depth, numbered)
            case PrintedTable():
                self._table(block)

    def _indented(self, depth: int, style: str | None = None) -> DocxParagraph:
        from docx.shared import Inches

        paragraph = self.docx.add_paragraph(style=style)
        if depth:
            paragraph.paragraph_format.left_indent = Inches(_STEP * depth)
        return paragraph

    def _items(
        self, items: tuple[tuple[PrintedBlock, ...], ...], depth: int, numbered: bool
    ) -> None:
        level = min(depth + 1, _LEVELS)
        name = f"List {'Number' if numbered else 'Bullet'}{f' {level}' if level > 1 else ''}"
        number = self._new_numbering(name) if numbered else None
        for item in items:
            first, *rest = item
            paragraph = self.docx.add_paragraph(style=name)
            if number is not None:
                ppr = paragraph._p.get_or_add_pPr()
                ppr.get_or_add_numPr().get_or_add_numId().val = number
                ppr.get_or_add_numPr().get_or_add_ilvl().val = 0
            if isinstance(first, PrintedParagraph):
                self._spans(paragraph, first.text)
            else:
                rest = [first, *rest]
            self._blocks(tuple(rest), depth + 1)

    def _new_numbering(self, style_name: str) -> int:
        """Start a list that counts from one, with a style; return its number.

        Without this, all numbered lists of a document would be one list.
        """
        style: Any = self.docx.styles[style_name]
        numbering: Any = self.docx.part.numbering_part.element
        of_style = style.element.pPr.numPr.numId.val
        abstract = numbering.num_having_numId(of_style).abstractNumId.val
        number = numbering.add_num(abstract)
        number.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(number.numId)

    def _table(self, table: PrintedTable) -> None:
        from docx.shared import Mm, Pt

        columns = len(table.widths)
        made = self.docx.add_table(rows=0, cols=columns, style="Table Grid")
        made.autofit = False
        total = sum(table.widths)
        widths = [Mm(_WIDTH * width / total) for width in table.widths]
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        head: tuple[StyledText, ...] = tuple((Span(Style.STRONG, name),) for name in table.head)
        for number, row in enumerate((head, *table.rows) if head else table.rows):
            cells = made.add_row()
            _keep_row_whole(cells._tr, repeat=bool(head) and number == 0)
            for cell, text, width in zip(cells.cells, row, widths, strict=True):
                cell.width = width
                if head and number == 0:
                    _shade(cell._tc.get_or_add_tcPr(), _PANEL)
                self._cell(cell, text)
        # Two tables without a paragraph between them would become one.
        gap = self.docx.add_paragraph().paragraph_format
        gap.space_after, gap.line_spacing = Pt(0), Pt(6)

    def _cell(self, cell: _Cell, text: StyledText) -> None:
        from docx.shared import Pt

        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.space_before = Pt(2)
        self._spans(paragraph, text)
        linked = (run for link in paragraph.hyperlinks for run in link.runs)
        for run in (*paragraph.runs, *linked):
            run.font.size = run.font.size or Pt(9.5)

    def _spans(self, paragraph: DocxParagraph, text: StyledText) -> None:
        from docx.shared import Pt, RGBColor

        for style, part in text:
            if style is Style.ADDRESS:
                self._link(paragraph, part)
                continue
            run = paragraph.add_run()
            if style is Style.BREAK:
                run.add_break()
                continue
            run.text = part
            if style is Style.STRONG:
                run.bold = True
            elif style is Style.CODE:
                _set_font(run, _CODE_FONT)
                run.font.size = Pt(9.5)
            elif style is Style.NOTE:
                run.font.color.rgb = RGBColor.from_string(_QUIET)
                run.font.size = Pt(9)

    def _link(self, paragraph: DocxParagraph, address: str) -> None:
        """Write a URL as a link; the library has no function for it."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.shared import RGBColor

        relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = _element("w:hyperlink", "r:id", relation)
        run = paragraph.add_run(address)
        run.font.underline, run.font.color.rgb = True, RGBColor.from_string(_LINK)
        link.append(run._r)
        paragraph._p.append(link)


def _set_font(styled: Any, name: str) -> None:
    """Set the font for all scripts: a heading's theme font would override its name."""
    from docx.oxml.ns import qn

    styled.font.name = name
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        if "Theme" in key or key.endswith("}cs"):
            del fonts.attrib[key]
    fonts.set(qn("w:cs"), name)


def _element(name: str, *pairs: str) -> Any:
    """Return an element with attributes, given as names and values in turn."""
    from docx.oxml import OxmlElement

    made = OxmlElement(name)
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        _set(made, key, value)
    return made


def _set(element: Any, name: str, value: str) -> None:
    from docx.oxml.ns import qn

    element.set(qn(name), value)


def _shade(properties: Any, color: str) -> None:
    """Set the background colour of a paragraph or a cell."""
    shade = _element("w:shd", "w:val", "clear", "w:color", "auto", "w:fill", color)
    # The format requires an order; these elements come after it.
    properties.insert_element_before(shade, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:vAlign")


def _frame(properties: Any, color: str) -> None:
    """Let a panel extend a little beyond its text."""
    frame = _element("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        pairs = ("w:val", "single", "w:sz", "4", "w:space", "4", "w:color", color)
        frame.append(_element(f"w:{side}", *pairs))
    properties.insert_element_before(frame, "w:shd")


def _keep_row_whole(row: Any, *, repeat: bool) -> None:
    """Keep a row on one page; repeat a header row on each page."""
    properties = row.get_or_add_trPr()
    properties.append(_element("w:cantSplit"))
    if repeat:
        properties.append(_element("w:tblHeader"))
