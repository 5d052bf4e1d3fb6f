"""Small PDFs, written by the library that the bot reads them with."""

from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf(*pages: str, password: str = "", squeezed: bool = False) -> bytes:
    """A PDF with one page for each text, on a single line; an empty text makes an empty page."""
    return _document([f"/F1 12 Tf 10 50 Td ({text}) Tj" for text in pages], password, squeezed)


def printed(*lines: tuple[str, int]) -> bytes:
    """A PDF of one page with these lines below each other, each with its font size."""
    operators = (
        f"/F1 {size} Tf 1 0 0 1 10 {90 - 20 * at} Tm ({text}) Tj"
        for at, (text, size) in enumerate(lines)
    )
    return _document([" ".join(operators)])


def _document(pages: Sequence[str], password: str = "", squeezed: bool = False) -> bytes:
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for operators in pages:
        page = writer.add_blank_page(300, 120)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = DecodedStreamObject()
        content.set_data(f"BT {operators} ET".encode())
        packed = content.flate_encode(level=1) if squeezed else content
        page[NameObject("/Contents")] = writer._add_object(packed)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    file = BytesIO()
    writer.write(file)
    return file.getvalue()
