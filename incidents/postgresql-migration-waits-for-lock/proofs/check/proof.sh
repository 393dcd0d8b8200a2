#!/usr/bin/env bash
# The checks of the runbook, on databases and migrations with and without the fault.
set -uo pipefail
mkdir -p fault fixed
echo 'ALTER TABLE orders ADD COLUMN note text;' > fault/1.sql
printf "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\n" > fixed/1.sql
echo 'INSERT INTO orders VALUES (1);' > fixed/2.sql
for MIGRATIONS in fault fixed; do
  export MIGRATIONS
  found=$(bash ../../commands/check-lock-timeout-is-set.sh)
  echo "$MIGRATIONS: lines $(grep -c . <<< "$found")"
done
psql -XAtqc 'CREATE TABLE orders (id int)'
export MINUTES=1
echo "nobody: '$(bash ../../commands/check-no-old-transaction.sh)'"
mkfifo talk
psql -XAtq < talk > told & exec 3> talk
echo 'BEGIN; SELECT 1 FROM orders; SELECT 7;' >&3
until grep -q 7 told; do :; done
echo "a transaction of some milliseconds: '$(bash ../../commands/check-no-old-transaction.sh)'"
MINUTES=0
echo "older than the limit: '$(bash ../../commands/check-no-old-transaction.sh | sed -E 's/^[0-9]+\|[0-9:]+/PID|AGE/')'"
exec 3>&-
wait
