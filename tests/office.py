"""Small files of Word, PowerPoint and Excel: the XML that their readers need, zipped."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument"


def docx(*parts: str | Sequence[Sequence[str]]) -> bytes:
    """A document: `# x` and `## x` are headings, `= x` is its title, rows of cells a table."""
    body = "".join(_table(part) if not isinstance(part, str) else _line(part) for part in parts)
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{short}"><w:name w:val="{name}"/></w:style>'
        for short, name in (("T", "Title"), ("H1", "heading 1"), ("H2", "heading 2"))
    )
    return _zipped(
        f"{_KIND}.wordprocessingml.document.main+xml",
        "word/document.xml",
        {
            "word/document.xml": f'<w:document xmlns:w="{_WORD}">'
            f"<w:body>{body}</w:body></w:document>",
            "word/styles.xml": f'<w:styles xmlns:w="{_WORD}">{styles}</w:styles>',
            "word/_rels/document.xml.rels": _relations({"s": ("styles", "styles.xml")}),
        },
        {"word/styles.xml": f"{_KIND}.wordprocessingml.styles+xml"},
    )


def pptx(*slides: tuple[str, str]) -> bytes:
    """Slides of a title and a text each."""
    files: dict[str, str] = {}
    for number, (title, text) in enumerate(slides, 1):
        files[f"ppt/slides/slide{number}.xml"] = _slide(title, text)
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in range(1, len(slides) + 1))
    links = {f"r{n}": ("slide", f"slides/slide{n}.xml") for n in range(1, len(slides) + 1)}
    kinds = dict.fromkeys(files, f"{_KIND}.presentationml.slide+xml")
    files["ppt/presentation.xml"] = (
        f'<p:presentation xmlns:p="{_SLIDES}" xmlns:r="{_OFFICE}"><p:sldIdLst>{ids}</p:sldIdLst>'
        '<p:sldSz cx="9144000" cy="6858000"/></p:presentation>'
    )
    files["ppt/_rels/presentation.xml.rels"] = _relations(links)
    main = f"{_KIND}.presentationml.presentation.main+xml"
    return _zipped(main, "ppt/presentation.xml", files, kinds)


def xlsx(sheet: str, *rows: Sequence[str | float | None]) -> bytes:
    """A workbook of one sheet."""
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    return _zipped(
        f"{_KIND}.spreadsheetml.sheet.main+xml",
        "xl/workbook.xml",
        {
            "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{sheet}" sheetId="1" r:id="s1"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEETS}">'
            f"<sheetData>{lines}</sheetData></worksheet>",
            "xl/_rels/workbook.xml.rels": _relations(
                {"s1": ("worksheet", "worksheets/sheet1.xml")}
            ),
        },
        {"xl/worksheets/sheet1.xml": f"{_KIND}.spreadsheetml.worksheet+xml"},
    )


def _line(text: str) -> str:
    mark, _, rest = text.partition(" ")
    style = {"=": "T", "#": "H1", "##": "H2"}.get(mark)
    content = f"<w:r><w:t>{escape(rest if style else text)}</w:t></w:r>"
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{styled}{content}</w:p>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    cells = ("".join(f"<w:tc>{_line(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def _slide(title: str, text: str) -> str:
    shapes = "".join(
        f'<p:sp><p:nvSpPr><p:cNvPr id="{at}" name="{kind}"/><p:cNvSpPr/>'
        f'<p:nvPr><p:ph type="{kind}" idx="{at}"/></p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="0" y="{at}"/><a:ext cx="9" cy="9"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{escape(content)}</a:t></a:r></a:p></p:txBody></p:sp>"
        for at, (kind, content) in enumerate((("title", title), ("body", text)))
    )
    return (
        f'<p:sld xmlns:p="{_SLIDES}" xmlns:a="{_DRAWING}"><p:cSld><p:spTree>'
        '<p:nvGrpSpPr><p:cNvPr id="9" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        f"{shapes}</p:spTree></p:cSld></p:sld>"
    )


def _cell(value: str | float | None) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return "<c/>" if value is None else f"<c><v>{value}</v></c>"


def _relations(links: Mapping[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{link}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for link, (kind, target) in links.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'


def _zipped(main_kind: str, main: str, files: Mapping[str, str], kinds: Mapping[str, str]) -> bytes:
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>'
        for name, kind in {main: main_kind, **kinds}.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    defaults = f'<Default Extension="rels" ContentType="{relations}"/>'
    everything = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}">{defaults}{overrides}</Types>',
        "_rels/.rels": _relations({"m": ("officeDocument", main)}),
        **files,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in everything.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return file.getvalue()


def rezipped(document: bytes, changed: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """A document with some of its members changed, such as word/document.xml."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, changed[name](content) if name in changed else content)
    return file.getvalue()
