#!/bin/bash
# A chromedriver for one run of the tests. Usage: setsid chromedriver.sh FOLDER
#
# Lives for as long as its standard input is open: when the tests end, be it by
# SIGKILL, the kernel closes the other end. Then everything in this session is
# ended: browsers outlive their driver and start process groups of their own,
# but do not leave the session.
set -euo pipefail
folder=$1
trap '' INT TERM HUP PIPE
trap cleanup EXIT

cleanup() {
  local stat line pid fields
  exec 2>/dev/null
  for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" || continue
    pid=${line%% *}
    # After the name in parentheses: state, parent, group, session.
    read -ra fields <<<"${line##*) }"
    if [ "${fields[3]}" = $$ ] && [ "$pid" != $$ ]; then
      kill -KILL "$pid" || true
    fi
  done
  wait || true
  cd /
  rm -rf "$folder"
}

mkdir -m 700 "$folder"
# What a browser keeps outside its profile goes with the folder as well.
export HOME=$folder TMPDIR=$folder
chromedriver --port=0 2>&1 &
read -r _ || true
