#!/bin/bash
# A private PostgreSQL for one run of the tests. Usage: postgres.sh BIN FOLDER
#
# Lives for as long as its standard input is open: when the tests end, be it by
# SIGKILL, the kernel closes the other end and nothing is left behind. Reachable
# through a socket in FOLDER alone, so that no port can be taken twice.
set -euo pipefail
bin=$1 folder=$2
# Whatever happens, even before the tests heard that it runs.
trap '' INT TERM HUP PIPE
trap cleanup EXIT

# PostgreSQL refuses to run as root; Debian's package brings a user for it.
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
  else
    "$@"
  fi
}

cleanup() {
  if [ -e "$folder/data/postmaster.pid" ]; then
    as_owner "$bin/pg_ctl" stop --wait --mode=immediate --pgdata="$folder/data" >/dev/null || true
  fi
  cd /
  rm -rf "$folder"
}

mkdir -m 700 "$folder"
if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$folder"; fi
cd "$folder"
as_owner "$bin/initdb" --pgdata=data --username=sluis --auth=trust \
  --encoding=UTF8 --locale=C --no-sync >initdb.log 2>&1 || { cat initdb.log; exit 1; }
as_owner "$bin/pg_ctl" start --wait --timeout=60 --pgdata=data --log=log \
  --options="-k '$folder' -c listen_addresses= -c max_connections=300" >/dev/null \
  || { cat log; exit 1; }
echo ready || true
read -r _ || true
