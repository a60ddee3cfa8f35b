"""Merge exported templates into id.po: `merge_po.py POT… [--from-json FILE…]`.

Beside each .pot lies its id.po. What was translated stays, what is no longer exported
goes, nothing becomes fuzzy. Both files are written without the time of the export, so
that nothing changes where no term did.

Fields that come from Odoo's own mixins (followers, activities, created on …) take the
words that Odoo has for the field of the same name and label.

In a folder `i18n_extra` the template is another addon's: Odoo writes the translations
of its records from our file, but never reads its code's strings from there, so those
are left out; and so are fields and selections that our own template has too.
"""

import argparse
import importlib.util
import json
import re
from pathlib import Path

import polib

WIDTH = 78
LANGUAGE = "id"
TIMES = ("POT-Creation-Date", "PO-Revision-Date")
METADATA = {
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
# Records that every addon which extends a model names the same way.
SHARED = re.compile(r"model:ir\.model[\w.]*,\w+:\w+\.(\w+)")


# Of those, fields, which are all that is taken from Odoo's own catalogues.
FIELD = re.compile(r"model:ir\.model\.fields,\w+:\w+\.field_\w+?__(\w+)")
ODOO = ("base", "mail", "portal", "phone_validation", "rating", "resource")


def read(path):
    return polib.pofile(str(path), wrapwidth=WIDTH)


def short(path):
    return "/".join(path.parts[-3:])


def shared_names(catalogue):
    return {
        match[1]
        for entry in catalogue
        for occurrence, _line in entry.occurrences
        if (match := SHARED.match(occurrence))
    }


def field_names(entry):
    """Return the fields' names if the entry is the text of fields only."""
    matches = [FIELD.fullmatch(occurrence) for occurrence, _line in entry.occurrences]
    return {match[1] for match in matches} if matches and all(matches) else set()


def odoo_terms():
    """Return {(field name, English): Indonesian} of the addons below ours."""
    terms = {}
    for addon in ODOO:
        spec = importlib.util.find_spec(f"odoo.addons.{addon}")
        for folder in spec.submodule_search_locations if spec else ():
            path = Path(folder, "i18n", f"{LANGUAGE}.po")
            for entry in read(path).translated_entries() if path.exists() else ():
                for occurrence, _line in entry.occurrences:
                    if match := FIELD.fullmatch(occurrence):
                        terms.setdefault((match[1], entry.msgid), entry.msgstr)
    return terms


def keep_foreign_records(template, own):
    """Reduce another addon's template to what our file can translate."""
    for entry in list(template):
        entry.occurrences = [
            (occurrence, line)
            for occurrence, line in entry.occurrences
            if not occurrence.startswith("code:")
            and not ((match := SHARED.match(occurrence)) and match[1] in own)
        ]
        entry.comment = "\n".join(
            line for line in entry.comment.splitlines() if not line.startswith("odoo-")
        )
        if not entry.occurrences:
            template.remove(entry)


def clean(path):
    """Write the template without times; return it, None if nothing is in it."""
    template = read(path) if path.stat().st_size else polib.POFile()
    if path.parent.name == "i18n_extra":
        addon = path.parent.parent
        own = addon / "i18n" / f"{addon.name}.pot"
        keep_foreign_records(template, shared_names(read(own)) if own.exists() else ())
    if not template:
        path.unlink()
        return None
    for name in TIMES:
        template.metadata.pop(name, None)
    template.save()
    return template


def merge(template, path, known, odoo):
    """Write id.po with the template's entries; return it."""
    catalogue = polib.POFile(wrapwidth=WIDTH)
    catalogue.header = template.header
    catalogue.metadata = {
        "Project-Id-Version": template.metadata["Project-Id-Version"],
        **METADATA,
    }
    old = {}
    if path.exists():
        old = {e.msgid: e.msgstr for e in read(path) if not e.obsolete and not e.fuzzy}
    for entry in template:
        own = old.get(entry.msgid) or known.get(entry.msgid)
        theirs = [odoo.get((name, entry.msgid)) for name in field_names(entry)]
        catalogue.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=own or (theirs[0] if theirs and all(theirs) else ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
            )
        )
    catalogue.save(str(path))
    return catalogue


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pots", nargs="+", type=Path, metavar="POT")
    parser.add_argument("--from-json", nargs="+", type=Path, default=[], metavar="FILE")
    options = parser.parse_args()
    # A term translated in one of the files is translated in all.
    known = {}
    for pot in options.pots:
        if (path := pot.with_name(f"{LANGUAGE}.po")).exists():
            known |= {e.msgid: e.msgstr for e in read(path).translated_entries()}
    for path in options.from_json:
        known |= json.loads(path.read_text(encoding="utf-8"))
    odoo = odoo_terms()
    for pot in options.pots:
        template = clean(pot)
        if template is None:
            print(f"{short(pot)}: nothing to translate")
            continue
        path = pot.with_name(f"{LANGUAGE}.po")
        catalogue = merge(template, path, known, odoo)
        left = sum(not entry.msgstr for entry in catalogue)
        print(f"{short(path)}: {len(catalogue)} terms, {left} untranslated")


if __name__ == "__main__":
    main()
