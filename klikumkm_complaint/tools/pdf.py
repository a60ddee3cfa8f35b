# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""PDF documents put together from our own pages and files of unknown origin.

A file that cannot be bound in raises :class:`NotPrintable` with the reason and never
anything else: one bad photo must not keep a customer from his file.
"""

import io
import logging
from typing import NamedTuple

from PIL import Image, ImageOps
from reportlab.pdfbase.pdfmetrics import stringWidth

from odoo.tools.pdf import PdfFileReader, PdfFileWriter, generic

_logger = logging.getLogger(__name__)

MAX_BYTES = 25 * 2**20
MAX_PAGES = 300
MAX_PIXELS = 100_000_000
MAX_FRAMES = 50
# A4 at 150 dots per inch, and the white edge around a picture.
PICTURE_PAGE = (1240, 1754)
PICTURE_EDGE = 90
PICTURE_DPI = 150
# What a page needs to be seen; the rest (actions, scripts, threads) stays behind.
PAGE_KEYS = {
    "/Annots",
    "/Contents",
    "/CropBox",
    "/Group",
    "/MediaBox",
    "/Parent",
    "/Resources",
    "/Rotate",
    "/Type",
    "/UserUnit",
}
ANNOTATIONS_LEFT_OUT = {
    "/3D",
    "/FileAttachment",
    "/Link",
    "/Movie",
    "/Popup",
    "/RichMedia",
    "/Screen",
    "/Sound",
}
# What leads from an annotation to other pages, or does something.
ANNOTATION_KEYS_LEFT_OUT = ("/A", "/AA", "/Dest", "/IRT", "/Parent", "/Popup")
STAMP_SIZE = 8
STAMP_EDGE = 20


class NotPrintable(Exception):
    """A file that cannot become pages.

    :param str reason: ``type``, ``empty``, ``large``, ``long``, ``encrypted`` or
        ``broken``
    """

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Document(NamedTuple):
    """Pages to be bound; ``title`` is shown in the reader's list of bookmarks."""

    title: str | None
    content: bytes


def count_pages(content):
    """The number of pages of a PDF that we made ourselves."""
    return len(PdfFileReader(io.BytesIO(content), strict=False).pages)


def split(content):
    """The pages of a PDF that we made ourselves, each as a PDF of its own.

    :rtype: list[bytes]
    """
    pages = []
    for page in PdfFileReader(io.BytesIO(content), strict=False).pages:
        writer = PdfFileWriter()
        writer.add_page(page)
        result = io.BytesIO()
        writer.write(result)
        pages.append(result.getvalue())
    return pages


def to_pages(content, mimetype=""):
    """Make any file into pages that can be bound.

    :param bytes content: a PDF or a picture
    :param str mimetype: what the file says it is
    :return: a PDF without scripts, links and embedded files
    :rtype: bytes
    :raise NotPrintable: with the reason
    """
    if not content:
        raise NotPrintable("empty")
    if len(content) > MAX_BYTES:
        raise NotPrintable("large")
    if b"%PDF-" in content[:1024]:
        convert = _clean_pdf
    elif (mimetype or "").startswith("image/"):
        convert = _picture_to_pdf
    else:
        raise NotPrintable("broken" if mimetype == "application/pdf" else "type")
    try:
        return convert(content)
    except NotPrintable:
        raise
    except Exception as error:  # these libraries raise nearly anything on odd files
        _logger.info("A file cannot be bound: %r", error)
        raise NotPrintable("broken") from error


def bind(documents, heading="", title=""):
    """Bind documents into one, with bookmarks and numbered pages.

    :param documents: iterable of :class:`Document`
    :param str heading: written before the number, such as a registration number
    :param str title: of the whole
    :rtype: bytes
    """
    writer = PdfFileWriter()
    total = 0
    bookmarks = []
    for document in documents:
        pages = PdfFileReader(io.BytesIO(document.content), strict=False).pages
        if document.title:
            bookmarks.append((document.title, total))
        for page in pages:
            writer.add_page(page)
        total += len(pages)
    stamp = _PageStamp(writer)
    for number, page in enumerate(writer.pages, start=1):
        label = f"{number} / {total}"
        stamp.put(page, f"{heading}   {label}" if heading else label)
    for bookmark, number in bookmarks:
        writer.add_outline_item(bookmark, number)
    if title:
        writer.add_metadata({"/Title": title})
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def _clean_pdf(content):
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        # Many are only protected against changes and open without a password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise NotPrintable("encrypted")
        page_count = len(reader.pages)
    except NotImplementedError as error:  # an unknown kind of encryption
        raise NotPrintable("encrypted") from error
    except Exception as error:
        if b"/Encrypt" in content:
            raise NotPrintable("encrypted") from error
        raise
    if not page_count:
        raise NotPrintable("empty")
    if page_count > MAX_PAGES:
        raise NotPrintable("long")
    writer = PdfFileWriter()
    for page in reader.pages:
        _strip_page(page)
        writer.add_page(page)
    result = io.BytesIO()
    writer.write(result)
    # What cannot be read again would break the whole later.
    cleaned = result.getvalue()
    if count_pages(cleaned) != page_count:
        raise NotPrintable("broken")
    return cleaned


def _strip_page(page):
    """Take from a page what leads out of it or does something."""
    for key in set(page.keys()) - PAGE_KEYS:
        del page[key]
    if "/Annots" not in page:
        return
    kept = generic.ArrayObject()
    for reference in page["/Annots"] or ():
        annotation = reference.get_object()
        if not isinstance(annotation, dict):
            continue
        if annotation.get("/Subtype") in ANNOTATIONS_LEFT_OUT:
            continue
        for key in ANNOTATION_KEYS_LEFT_OUT:
            if key in annotation:
                del annotation[key]
        kept.append(reference)
    page[generic.NameObject("/Annots")] = kept


def _picture_to_pdf(content):
    with Image.open(io.BytesIO(content)) as picture:
        # before anything is decoded: a small file can hold a giant picture
        if picture.width * picture.height > MAX_PIXELS:
            raise NotPrintable("large")
        # animations move, documents have pages
        frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        if frames > MAX_FRAMES:
            raise NotPrintable("long")
        pages = []
        for frame in range(frames):
            picture.seek(frame)
            pages.append(_put_on_page(picture))
    result = io.BytesIO()
    pages[0].save(
        result,
        format="PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=PICTURE_DPI,
    )
    return result.getvalue()


def _put_on_page(picture):
    """A sheet of A4, upright or across as the picture is, with the picture in it."""
    picture = ImageOps.exif_transpose(picture).convert("RGBA")
    across = picture.width > picture.height
    width, height = reversed(PICTURE_PAGE) if across else PICTURE_PAGE
    room = (width - 2 * PICTURE_EDGE, height - 2 * PICTURE_EDGE)
    # tiny pictures are not blown up until nobody sees what they are
    scale = min(room[0] / picture.width, room[1] / picture.height, 2)
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", (width, height), "white")
    sheet.paste(picture, ((width - size[0]) // 2, PICTURE_EDGE), mask=picture)
    return sheet


class _PageStamp:
    """Writes a line at the foot of pages without reading what they contain.

    ``merge_page()`` would take every page's content apart, which crafted files turn
    into an endless job.
    """

    def __init__(self, writer):
        self.writer = writer
        self.font = self._add(
            generic.DictionaryObject(
                {
                    generic.NameObject("/Type"): generic.NameObject("/Font"),
                    generic.NameObject("/Subtype"): generic.NameObject("/Type1"),
                    generic.NameObject("/BaseFont"): generic.NameObject("/Helvetica"),
                    generic.NameObject("/Encoding"): generic.NameObject(
                        "/WinAnsiEncoding"
                    ),
                }
            )
        )
        self.begin = self._add_stream("q\n")

    def put(self, page, label):
        """Write a label at the foot of a page, upright as it is shown."""
        label = label.encode("latin-1", "replace").decode("latin-1")
        width = stringWidth(label, "Helvetica", STAMP_SIZE)
        escaped = label.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        matrix = " ".join(f"{number:.2f}" for number in self._get_matrix(page, width))
        end = self._add_stream(
            f"\nQ q {matrix} cm 1 g -3 -3 {width + 6:.2f} {STAMP_SIZE + 4} re f "
            f"0.3 g BT /FKlikumkm {STAMP_SIZE} Tf 0 0 Td ({escaped}) Tj ET Q\n"
        )
        contents = generic.ArrayObject([self.begin])
        if "/Contents" in page:
            old = page["/Contents"]
            if isinstance(old, generic.ArrayObject):
                contents.extend(old)
            else:
                contents.append(page.raw_get("/Contents"))
        contents.append(end)
        page[generic.NameObject("/Contents")] = contents
        # copies: pages of one file share theirs
        resources = generic.DictionaryObject(page.get("/Resources") or {})
        fonts = generic.DictionaryObject(resources.get("/Font") or {})
        fonts[generic.NameObject("/FKlikumkm")] = self.font
        resources[generic.NameObject("/Font")] = fonts
        page[generic.NameObject("/Resources")] = resources

    def _get_matrix(self, page, width):
        """Where the lower right corner is, as the page is shown."""
        box = page.cropbox
        left, bottom = float(box.left), float(box.bottom)
        right, top = float(box.right), float(box.top)
        along, up = STAMP_EDGE + width, STAMP_EDGE * 0.7
        rotation = int(page.get("/Rotate") or 0) % 360
        if rotation == 90:
            return 0, 1, -1, 0, right - up, top - along
        if rotation == 180:
            return -1, 0, 0, -1, left + along, top - up
        if rotation == 270:
            return 0, -1, 1, 0, left + up, bottom + along
        return 1, 0, 0, 1, right - along, bottom + up

    def _add_stream(self, text):
        stream = generic.DecodedStreamObject()
        stream.set_data(text.encode("latin-1"))
        return self._add(stream)

    def _add(self, thing):
        # both PDF libraries that Odoo works with name it so
        return self.writer._add_object(thing)
