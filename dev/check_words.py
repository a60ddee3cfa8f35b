"""Find names that no tracked file may hold: `check_words.py FILE…`.

Package registries and mirrors (set-up takes their address from the machine), and the
folders of one machine. The words are in parts: this file does not hold them either.
"""

import re
import sys

HOSTS = (
    ("pypi", "org"),
    ("python", "hosted"),
    ("registry.npm", "js"),
    ("npm", "js.com"),
    ("deb.", "debian"),
    ("debian", ".net"),
    ("archive.", "ubuntu"),
    ("nightly.", "odoo"),
    ("docker", ".io"),
)
FOLDERS = ("root", "work", "home", "Users")
WORDS = re.compile(
    "|".join(f"{re.escape(start)}[.]?{re.escape(end)}" for start, end in HOSTS)
    # At a path's beginning, so not in an address such as `…/my/home/`.
    + rf"|(?<![\w.~)}}$-])/(?:{'|'.join(FOLDERS)})/(?=[\w.])",
    re.IGNORECASE,
)


def main(paths):
    found = False
    for path in paths:
        with open(path, "rb") as file:
            content = file.read()
        if b"\0" in content[:8000]:
            continue
        for number, line in enumerate(
            content.decode("utf-8", "replace").splitlines(), 1
        ):
            if match := WORDS.search(line):
                found = True
                print(f"{path}:{number}: {match[0]}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
