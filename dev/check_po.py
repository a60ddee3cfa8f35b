"""Check the translations: `check_po.py FOLDER…` (folders with .pot files).

Beside each template lies an id.po with the same terms, all translated, none fuzzy, and
with the placeholders and the markup of the original: a lost `%(name)s` breaks a page.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import polib
from lxml import etree

NAMED = re.compile(r"%\(\w+\)[a-z]")
POSITIONAL = re.compile(r"%(?:\.\d+)?[sdfr]|%%")  # in code only: else "5%s" is text
BRACES = re.compile(r"\{\{.*?\}\}|\{\w*\}", re.DOTALL)
# What a translator may change in an element.
WORDS = {"title", "alt", "placeholder", "aria-label", "label", "string", "help"}


def placeholders(entry, text):
    found = NAMED.findall(text) + BRACES.findall(text)
    if any(occurrence.startswith("code:") for occurrence, _line in entry.occurrences):
        found += POSITIONAL.findall(NAMED.sub("", text))
    return Counter(found)


# Plain words such as “Akun & aplikasi”; only markup must escape it.
LONE_AMPERSAND = re.compile(r"&(?![#\w]+;)")


def markup(text):
    """Return the elements with their fixed attributes; None if it is not markup."""
    try:
        text = LONE_AMPERSAND.sub("&amp;", text.replace("&nbsp;", " "))
        root = etree.fromstring(f"<root>{text}</root>")
    except etree.XMLSyntaxError:
        return None
    return Counter(
        (element.tag, *sorted(i for i in element.items() if i[0] not in WORDS))
        for element in root.iterdescendants(etree.Element)
    )


def problems(entry):
    source, target = entry.msgid, entry.msgstr
    if entry.fuzzy:
        yield "fuzzy"
    if not target.strip():
        yield "not translated"
        return
    if placeholders(entry, source) != placeholders(entry, target):
        yield "other placeholders"
    if (elements := markup(source)) is not None and elements != markup(target):
        yield "other markup"
    for edge in (str.lstrip, str.rstrip):
        if (edge(source) == source) != (edge(target) == target):
            yield "space or line break at one end only"


def check(template_path):
    """Yield the findings for the id.po beside the template."""
    path = template_path.with_name("id.po")
    if not path.exists():
        yield f"{path}: missing"
        return
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.obsolete:
            yield f"{path}:{entry.linenum}: obsolete entry"
            continue
        for problem in problems(entry):
            yield f"{path}:{entry.linenum}: {problem}: {entry.msgid[:70]!r}"
    terms = {entry.msgid for entry in catalogue if not entry.obsolete}
    exported = {entry.msgid for entry in polib.pofile(str(template_path))}
    for term in sorted(terms ^ exported):
        where = "template" if term in terms else "id.po"
        yield f"{path}: not in the {where}, run `make pot`: {term[:70]!r}"


def main(folders):
    templates = [path for name in folders for path in sorted(Path(name).glob("*.pot"))]
    findings = [finding for path in templates for finding in check(path)]
    for folder in map(Path, folders):
        if not any(folder.glob("*.pot")):
            findings += [
                f"{path}: no template beside it" for path in folder.glob("*.po")
            ]
    print(*findings, sep="\n", end="\n" if findings else "")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
