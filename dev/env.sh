# Sourced by every script in dev/: where things live, and the few words they share.
# shellcheck shell=bash
set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${KLIKUMKM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/klikumkm}
mkdir -p "$CACHE"
CACHE=$(cd "$CACHE" && pwd -P)

VENV=$CACHE/venv
PYTHON=$VENV/bin/python
ODOO_LIB=$CACHE/odoo/lib # holds `odoo` and its egg-info
NODE_HOME=$CACHE/node
PG_HOME=$CACHE/postgresql
PG_SOCKET=$PG_HOME/socket
# A unix socket's path ends at 107 characters.
[ ${#PG_SOCKET} -le 80 ] ||
    PG_SOCKET=/tmp/klikumkm-$(printf %s "$CACHE" | cksum | cut -d' ' -f1)
# The root addon must be found as `klikumkm`, whatever this checkout is called: one
# folder a checkout holds a link of that name.
LINK_HOME=$CACHE/checkouts/$(printf %s "$REPO" | sha256sum | cut -c1-12)
DATA_DIR=$CACHE/data
ADDONS=(klikumkm klikumkm_complaint klikumkm_sla)
export PGHOST=$PG_SOCKET PGUSER=odoo PGDATABASE=postgres
export PGOPTIONS="-c client_min_messages=warning"

say() { printf '== %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "root rights are needed for: $* (run as root, or install sudo)"
    fi
}
# A hash of all that a database made from this checkout depends on.
source_hash() {
    (
        cd "$REPO"
        cat "$CACHE/stamps/odoo" "$CACHE/stamps/python"
        git ls-files -co --exclude-standard -- __manifest__.py __init__.py \
            klikumkm_complaint klikumkm_sla | sort |
            while read -r file; do [ ! -f "$file" ] || sha256sum "$file"; done
    ) | sha256sum | cut -c1-12
}
db_exists() {
    [ "$(psql -XAtc "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]
}
# copy_db FROM TO: the database and its files (hard links: Odoo never edits one).
copy_db() {
    createdb -T "$1" "$2"
    rm -rf "$DATA_DIR/filestore/$2"
    [ ! -d "$DATA_DIR/filestore/$1" ] ||
        cp -al "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"
}
drop_db() {
    dropdb --if-exists --force "$1"
    rm -rf "$DATA_DIR/filestore/$1"
}
free_port() {
    "$PYTHON" -c 'import socket as s; x = s.socket(); x.bind(("127.0.0.1", 0)); print(x.getsockname()[1])'
}
