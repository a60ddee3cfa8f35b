# Sourced by every script in dev/: where things live, and the few words they share.
# shellcheck shell=bash
set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${KLIKUMKM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/klikumkm}
mkdir -p "$CACHE"
CACHE=$(cd "$CACHE" && pwd -P)

case $REPO$CACHE in
    *,*) printf 'error: Odoo cannot work in a folder with a comma in its name\n' >&2 && exit 1 ;;
esac

# One virtual environment for each set of requirements: two checkouts that differ in them
# do not rebuild it under each other.
requirements() {
    printf '%s\n' "${ODOO_SOURCE:-}"
    awk '/^\[/ { on = /^\[options/ } on' "$REPO/setup.cfg"
    cat "$REPO/dev/constraints.txt"
}
VENV=$CACHE/venv-$(requirements | sha256sum | cut -c1-8)
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
LOGS=$CACHE/logs
LOCKS=$CACHE/locks
ADDONS=(klikumkm klikumkm_complaint klikumkm_sla)
unset PGHOSTADDR PGSERVICE PGPASSWORD
export PGHOST=$PG_SOCKET PGPORT=5432 PGUSER=odoo PGDATABASE=postgres
export PGOPTIONS="-c client_min_messages=warning"
export COVERAGE_FILE=$LINK_HOME/coverage

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
# A hash of Odoo and of the Python packages.
environment_hash() {
    sha256sum <"$CACHE/stamps/${VENV##*/}" | cut -c1-8
}
# A hash of all that a database made from this checkout depends on; tests do not count.
source_hash() {
    (
        cd "$REPO"
        environment_hash
        find __manifest__.py __init__.py klikumkm_complaint klikumkm_sla -type f \
            ! -path '*/__pycache__/*' ! -path '*/tests/*' -print0 |
            LC_ALL=C sort -z | xargs -0 sha256sum
    ) | sha256sum | cut -c1-12
}
db_exists() {
    [ "$(psql -XAtc "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]
}
# copy_db FROM TO: the files (hard links: Odoo never edits one), then the database: where
# that is, all is. The checkpoint makes the copy's sequences survive a killed server:
# PostgreSQL writes ahead only every 32nd value, and a copy inherits that count but not
# the value written (seen with 15: ids given twice after the recovery).
copy_db() {
    rm -rf "$DATA_DIR/filestore/$2"
    [ ! -d "$DATA_DIR/filestore/$1" ] ||
        cp -al "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"
    createdb -T "$1" "$2"
    psql -Xqc CHECKPOINT
}
drop_db() {
    dropdb --if-exists --force "$1"
    rm -rf "$DATA_DIR/filestore/$1"
}
free_port() {
    "$PYTHON" -c 'import socket as s; x = s.socket(); x.bind(("127.0.0.1", 0)); print(x.getsockname()[1])'
}
