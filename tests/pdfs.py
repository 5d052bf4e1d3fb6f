"""Small PDFs, written by the library that the bot reads them with."""

from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf(*pages: str, password: str = "", squeezed: bool = False) -> bytes:
    """A page of one line for each text; an empty one has nothing on it."""
    return _written([f"/F1 12 Tf 10 50 Td ({text}) Tj" for text in pages], password, squeezed)


def printed(*lines: tuple[str, int]) -> bytes:
    """A page of lines one below the other, each in a size of its own."""
    shown = (
        f"/F1 {size} Tf 1 0 0 1 10 {90 - 20 * at} Tm ({text}) Tj"
        for at, (text, size) in enumerate(lines)
    )
    return _written([" ".join(shown)])


def _written(pages: Sequence[str], password: str = "", squeezed: bool = False) -> bytes:
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for shown in pages:
        page = writer.add_blank_page(300, 120)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = DecodedStreamObject()
        content.set_data(f"BT {shown} ET".encode())
        packed = content.flate_encode(level=1) if squeezed else content
        page[NameObject("/Contents")] = writer._add_object(packed)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    written = BytesIO()
    writer.write(written)
    return written.getvalue()
