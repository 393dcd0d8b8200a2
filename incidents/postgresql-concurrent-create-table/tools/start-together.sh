#!/usr/bin/env bash
# Starts several copies of a server together on an empty database. See --help.
set -euo pipefail

help() {
  cat <<'HELP'
Usage: start-together.sh [OPTION]... SERVER

Starts copies of SERVER (a file for node) on a new, empty database, and makes them meet: while they
start, a lock on the catalog holds whoever creates a table, until all of them do or have started.
A server whose copies create the same table fails here every time; one that is safe never does.

  --copies N        how many copies (default 4)
  --migrate FILE    run this with node first, once: it makes the tables (default: MIGRATE, if set)
  --ready TEXT      a copy has started when it prints this. Without it: when it has not ended
                    after --settle seconds
  --settle SECONDS  how long copies may take to start once nothing holds them (default 5)
  --gather SECONDS  how long to wait for all copies to meet (default 10)

TEST_SERVER is a scratch PostgreSQL server (13 or later), without a database name, as superuser:
postgres://postgres@127.0.0.1:5432, or for a Unix socket postgres://postgres@/?host=/run/postgresql.
NEVER name production. The database is made there and dropped at the end. Each copy gets
DATABASE_URL, a PORT of its own (4101 ...) and NODE_ENV=production. It needs bash 4, node and psql.

Exit codes: 0 all copies started, 1 one did not (its error is printed), 2 wrong usage, or the
scratch server or the migration failed.
HELP
}
usage() { echo "$1" >&2; help >&2; exit 2; }

copies=4 migrate=${MIGRATE-} ready='' settle=5 gather=10 server=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) help; exit 0 ;;
    --copies | --migrate | --ready | --settle | --gather)
      [ $# -ge 2 ] || usage "$1 needs a value"
      printf -v "${1#--}" %s "$2"
      shift ;;
    -*) usage "There is no option $1" ;;
    *) [ -z "$server" ] || usage 'Name one server'; server=$1 ;;
  esac
  shift
done
[ -n "$server" ] || usage 'Name the file that starts the server'
[ -n "${TEST_SERVER-}" ] || usage 'Set TEST_SERVER'
for number in "$copies" "$settle" "$gather"; do
  [[ $number =~ ^[1-9][0-9]{0,2}$ ]] || usage "$number is no number of copies or seconds"
done

database=start_together_$$
base=${TEST_SERVER%%\?*} # the database's name goes before the query
query=${TEST_SERVER#"$base"}
address=${base%/}/$database$query postgres=${base%/}/postgres$query
logs=$(mktemp -d)
pids=() made=''
finish() {
  # The copies, their database and their logs; nothing else.
  exec 2> /dev/null # the shell reports each process that it kills
  for pid in "${pids[@]}" ${LOCK_PID:+"$LOCK_PID"}; do kill -9 "$pid" || true; done
  wait || true
  if [ -n "$made" ]; then psql "$postgres" -Xqwc "DROP DATABASE $database WITH (FORCE)" || true; fi
  rm -rf "$logs"
}
trap finish EXIT
trap 'exit 2' INT TERM

psql "$postgres" -Xqwc "CREATE DATABASE $database" || exit 2
made=yes
if [ -n "$migrate" ]; then DATABASE_URL=$address node "$migrate" || exit 2; fi

# Somebody who creates a table, a type or a schema waits here, with what it saw before.
coproc LOCK { psql "$address" -XAtqw -v ON_ERROR_STOP=1 2>&1; }
echo 'BEGIN; LOCK TABLE pg_catalog.pg_namespace, pg_catalog.pg_class, pg_catalog.pg_type IN SHARE MODE; SELECT 1;' >&"${LOCK[1]}"
read -r held <&"${LOCK[0]}" || true
[ "$held" = 1 ] || { echo "the catalog could not be locked: $held" >&2; exit 2; }

for ((copy = 1; copy <= copies; copy++)); do
  : > "$logs/$copy"
  NODE_ENV=production PORT=$((4100 + copy)) DATABASE_URL=$address node "$server" > "$logs/$copy" 2>&1 &
  pids+=($!)
done

started() { [ -n "$ready" ] && grep -qF -- "$ready" "$logs/$1"; }
# How many copies need not be waited for: they have ended, or have started.
settled=0
settle_count() {
  settled=0
  for ((copy = 1; copy <= copies; copy++)); do
    if started "$copy" || ! kill -0 "${pids[copy - 1]}" 2> /dev/null; then settled=$((settled + 1)); fi
  done
}
waiting() {
  psql "$address" -XAtqwc "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND wait_event_type = 'Lock'"
}

limit=$((SECONDS + gather))
until settle_count; met=$(waiting); [ $((settled + met)) -ge "$copies" ] || [ $SECONDS -ge $limit ]; do sleep 0.1; done
echo "copies that met: $met of $copies"
printf 'COMMIT;\n\\q\n' >&"${LOCK[1]}"

limit=$((SECONDS + settle))
until settle_count; [ "$settled" -ge "$copies" ] || [ $SECONDS -ge $limit ]; do sleep 0.1; done

failed=0
for ((copy = 1; copy <= copies; copy++)); do
  if kill -0 "${pids[copy - 1]}" 2> /dev/null; then
    if [ -z "$ready" ] || started "$copy"; then continue; fi
    echo "copy $copy has not started after $settle s"
  elif wait "${pids[copy - 1]}"; then
    continue
  fi
  failed=$((failed + 1))
done
# Each kind of error once, with the number of copies that printed it.
for log in "$logs"/*; do
  for error in "^ *parent: error" "^ *detail: 'Key" '[A-Za-z]Error: |^Error: ' EADDRINUSE; do
    grep -m 1 -E "$error" "$log" || true
  done
done | sed 's/^ *//' | sort | uniq -c
echo "failed starts: $failed of $copies"
[ "$failed" = 0 ]
