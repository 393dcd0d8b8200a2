#!/usr/bin/env bash
# tools/preflight.sh on a database in each state: it tells the causes apart by its exit code. It
# changes nothing, also with a name that tries to: a dump before and after is the same. It answers
# while somebody else has the table locked.
set -euo pipefail
preflight=../../tools/preflight.sh
run() { psql -XAtq -v ON_ERROR_STOP=1 -c "$1"; }

# state CODE WHAT SQL: bring the database into a state, ask, and compare the exit code.
state() {
  local code=0
  run "DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; $3" 2> /dev/null
  "$preflight" "${4:-Sessions}" > said || code=$?
  echo "$2: exit $code, $(cat said)"
  [ "$code" = "$1" ] || { echo "expected exit $1"; exit 1; }
}

state 10 nothing ''
state 11 enum "CREATE TYPE \"Sessions\" AS ENUM ('a')"
state 12 domain 'CREATE DOMAIN "Sessions" AS text'
state 13 range 'CREATE TYPE "Sessions" AS RANGE (subtype = int4)'
state 14 'composite type' 'CREATE TYPE "Sessions" AS (sid text)'
state 15 view 'CREATE VIEW "Sessions" AS SELECT 1 AS sid'
state 15 sequence 'CREATE SEQUENCE "Sessions"'
state 16 'table in another schema' 'CREATE SCHEMA other; CREATE TABLE other."Sessions" (sid text)'
state 0 'enum of Sequelize' "CREATE TYPE \"enum_Posts_kind\" AS ENUM ('a')" enum_Posts_kind
state 0 table 'CREATE TABLE "Sessions" (sid varchar(36) PRIMARY KEY)'

pg_dump --restrict-key=proof > before.sql
name=$'x\'; DROP TABLE "Sessions"; --$(touch pwned)`touch pwned`'
"$preflight" "$name" || echo "a name that tries to do harm: exit $?"
pg_dump --restrict-key=proof > after.sql
cmp before.sql after.sql && [ ! -e pwned ] && echo 'dump before and after: identical'

# A table that somebody is changing: the catalog answers all the same.
mkfifo in out
psql -XAtq < in > out & exec 3> in 4< out
echo 'BEGIN; LOCK TABLE "Sessions" IN ACCESS EXCLUSIVE MODE; SELECT 1;' >&3
read -r _ <&4
"$preflight" Sessions > /dev/null && echo 'while the table is locked: exit 0'
exec 3>&- 4<&-
wait

unreachable() { env -u DATABASE_URL PGHOST=127.0.0.1 PGPORT=9 "$preflight" Sessions > /dev/null 2>&1; }
unreachable || echo "no database: exit $?"
"$preflight" 2> /dev/null || echo "no table named: exit $?"
