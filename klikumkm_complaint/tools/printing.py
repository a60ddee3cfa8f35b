# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""HTML on its way to the PDF engine.

The engine is wkhtmltopdf: it fetches whatever the HTML names, knows neither flags nor
faces, and does not break lines of Arabic. So what customers wrote is reduced to plain
structure, and the finished page is rewritten to what the engine can do.
"""

import base64
import functools
import io
import re
import unicodedata

import lxml.etree
import lxml.html
from markupsafe import Markup, escape
from PIL import Image, ImageDraw, ImageFont
from reportlab.graphics.barcode.qr import QrCodeWidget

KEPT_TAGS = {
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
}
# Gone with all that is in them: nothing in them is text that somebody wrote.
DROPPED_TAGS = {
    "applet",
    "audio",
    "base",
    "canvas",
    "embed",
    "frame",
    "frameset",
    "head",
    "iframe",
    "input",
    "link",
    "math",
    "meta",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "title",
    "video",
}
BLOCK_TAGS = ("blockquote", "dd", "div", "dt", "li", "p", "td", "th")
TOKEN = re.compile(r"((?:access_token|token|pid|hash)=)[^&\s<>()\"'#]+", re.IGNORECASE)
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
RIGHT_TO_LEFT_RUN = re.compile(
    rf"[{RIGHT_TO_LEFT}](?:[\s{RIGHT_TO_LEFT}.,!?:;()\u2026-]*[{RIGHT_TO_LEFT}])?"
)
# Emoji of the Unicode list that are pictures by default, and any sign that asks for it.
EMOJI_UNIT = (
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    "|[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f"
    "\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5"
    "\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797"
    "\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f300-\U0001faff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]?"
    "|[\u00a9\u00ae\u203c-\u3299]\ufe0f)"
)
EMOJI = re.compile(f"{EMOJI_UNIT}(?:\u200d{EMOJI_UNIT}|\u200d[\u2640\u2642]\ufe0f?)*")
EMOJI_FONT = "NotoColorEmoji.ttf"
EMOJI_FONT_SIZE = 109  # the only size in that font
EMOJI_PIXELS = 48
# Latin letters, figures and marks without a space: addresses, tokens, hashes. Wider
# than the page they would make the engine shrink all of it; `word-wrap: break-word`
# makes some rows of tables too high.
SIGN = re.compile(r"&#?\w+;|[!-%'-;=?-~\u00a1-\u024f]")
LONG_WORD = re.compile(rf"(?:{SIGN.pattern}){{31,}}")
BREAK_EVERY = 15
MARKUP = re.compile(r"(<style\b.*?</style>|<!--.*?-->|<[^>]*>)", re.DOTALL)


def clean_html(html, picture_label="", secrets=()):
    """Reduce HTML of unknown origin to what may be printed: text and its structure.

    No attribute survives, so nothing names an address that the PDF engine would fetch.
    Addresses of links are written out; tokens in them are not.

    :param str html: a story, a message, a text of ours
    :param str picture_label: stands where a picture was
    :param secrets: strings that must not appear
    :rtype: Markup
    """
    try:
        root = lxml.html.fragment_fromstring(
            str(html or "").replace("\x00", ""), create_parent="div"
        )
    except (lxml.etree.LxmlError, ValueError):
        plain = re.sub(r"<[^<>]*>", " ", str(html or ""))
        return hide_secrets(escape(plain), secrets)
    for element in list(root.iter()):
        _clean_element(element, root, picture_label)
    for element in root.iter(*BLOCK_TAGS):
        if _is_right_to_left(element.text or ""):
            element.set("dir", "rtl")
    text = lxml.html.tostring(root, encoding="unicode")
    return hide_secrets(Markup(text), secrets)


def _clean_element(element, root, picture_label):
    if not isinstance(element.tag, str):  # comments and the like
        element.drop_tree()
        return
    tag = element.tag.lower()
    if tag in DROPPED_TAGS:
        element.drop_tree()
        return
    target = str(element.get("href") or "").strip()
    label = str(element.get("alt") or "").strip() or picture_label
    element.attrib.clear()
    if tag == "img":
        element.tag = "span"
        element.text = f"[{label}]" if label else ""
    elif tag == "a":
        shown = element.text_content()
        address = target.removeprefix("mailto:").removeprefix("tel:")
        is_address = re.match(r"(https?|mailto|tel):", target, re.IGNORECASE)
        if is_address and address not in shown:
            element.tail = f" ({address}){element.tail or ''}"
        element.drop_tag()
    elif element is not root and tag not in KEPT_TAGS:
        element.drop_tag()


def hide_secrets(text, secrets=()):
    """Take tokens out of a text.

    :param secrets: strings that must not appear
    :return: of the same type as ``text``
    """
    kind = type(text)
    hidden = TOKEN.sub(r"\1…", str(text))
    for secret in secrets:
        if secret:
            hidden = hidden.replace(secret, "…")
    return kind(hidden)


def _is_right_to_left(text):
    """Whether the first letter that has a direction is written from right to left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def prepare_page(html):
    """Rewrite a finished page to what the PDF engine can draw.

    Arabic and Hebrew are cut into words, because the engine breaks no line within them;
    emoji become pictures, because the engine leaves them out; long words may be broken.

    :param str html: a whole document with a ``</head>``
    :rtype: str
    """
    styles = {}
    parts = MARKUP.split(str(html))
    # every second part is markup
    parts[::2] = [_prepare_text(text, styles) for text in parts[::2]]
    page = "".join(parts)
    if styles:
        sheet = "".join(styles.values())
        page = page.replace("</head>", f"<style>{sheet}</style></head>", 1)
    return page


def _prepare_text(text, styles):
    text = LONG_WORD.sub(_allow_breaks, text)
    if text.isascii():
        return text
    text = RIGHT_TO_LEFT_RUN.sub(_isolate_words, text)
    return EMOJI.sub(lambda match: _emoji_to_picture(match[0], styles), text)


def _allow_breaks(match):
    signs = SIGN.findall(match[0])
    return "<wbr>".join(
        "".join(signs[start : start + BREAK_EVERY])
        for start in range(0, len(signs), BREAK_EVERY)
    )


def _isolate_words(match):
    words = " ".join(_isolate_word(word) for word in match[0].split())
    return f'<span class="o_rtl" dir="rtl">{words}</span>'


def _isolate_word(word):
    """A word that is not broken; its signs apart, or the engine draws over them."""
    pieces, was_letter = [], None
    for sign in word:
        is_letter = unicodedata.category(sign)[0] in "LM"
        if is_letter != was_letter:
            pieces.append("")
        pieces[-1] += sign
        was_letter = is_letter
    spans = [f'<span class="o_word">{piece}</span>' for piece in pieces]
    if len(spans) == 1:
        return spans[0]
    return f'<span class="o_word">{"".join(spans)}</span>'


def _emoji_to_picture(emoji, styles):
    name = "o_emoji_" + "_".join(f"{ord(sign):x}" for sign in emoji)
    if name not in styles:
        picture = draw_emoji(emoji)
        if not picture:
            return emoji
        styles[name] = f".{name}{{background-image:url({picture})}}"
    return f'<span class="o_emoji {name}"></span>'


@functools.lru_cache(maxsize=512)
def draw_emoji(emoji):
    """A picture of an emoji, as an address that holds the picture itself.

    :return: ``data:`` address, or an empty string without a font for it
    """
    try:
        font = ImageFont.truetype(EMOJI_FONT, EMOJI_FONT_SIZE)
        width = round(font.getlength(emoji))
        picture = Image.new("RGBA", (max(width, 1), 128))
        ImageDraw.Draw(picture).text((0, 0), emoji, font=font, embedded_color=True)
    except (OSError, ValueError):
        return ""
    box = picture.getbbox()
    if not box:
        return ""
    picture = picture.crop(box)
    picture.thumbnail((EMOJI_PIXELS, EMOJI_PIXELS), Image.Resampling.LANCZOS)
    return to_data_address(picture)


def draw_qr(text):
    """A QR code, as an address that holds the picture itself.

    Drawn by hand: ``ir.actions.report.barcode()`` needs a drawing library that Odoo
    does not ask for.
    """
    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    size = code.getModuleCount()
    edge = 2  # the page around it is white as well
    picture = Image.new("1", (size + 2 * edge, size + 2 * edge), 1)
    for row in range(size):
        for column in range(size):
            if code.isDark(row, column):
                picture.putpixel((column + edge, row + edge), 0)
    scale = 8
    width = picture.width * scale
    return to_data_address(picture.resize((width, width), Image.Resampling.NEAREST))


def to_data_address(picture):
    """A picture as an address that holds the picture itself: nothing is fetched."""
    content = io.BytesIO()
    picture.save(content, format="PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def picture_to_data_address(content, size=(600, 240)):
    """The same for the bytes of a picture, in a size good enough for paper.

    :return: ``data:`` address, or an empty string for what is no picture
    """
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.thumbnail(size)
            return to_data_address(picture.convert("RGBA"))
    except Exception:  # an odd logo must not keep a receipt from being printed
        return ""


def shorten(text, length):
    """A text on one line, cut at a word.

    :return: (text, whether it was cut)
    """
    text = " ".join((text or "").split())
    if len(text) <= length:
        return text, False
    cut = text[: length + 1].rpartition(" ")[0]
    if len(cut) < length * 0.7:
        cut = text[:length]
    return cut.rstrip(" ,;:") + "…", True
