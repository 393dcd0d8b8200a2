#!/usr/bin/env bash
# The commands of the runbook, on databases that lack the value and have it, and the check.
set -uo pipefail
export TYPE=status VALUE=void
ask() { bash "../../commands/$1.sh" 2>&1 | paste -sd ' '; }
psql -XAtqc "CREATE TYPE status AS ENUM ('open', 'paid')"
echo "before: $(ask diagnosis-1)"
echo "add it: $(ask fix-1)"
echo "add it again: $(ask fix-1)"
echo "after: $(ask diagnosis-1)"
echo "verification: $(ask verification-1)"
VALUE="it's odd" ask fix-1
echo "a value with a quote: $(ask diagnosis-1)"
psql -XAtqc "CREATE SCHEMA shop; CREATE TYPE shop.\"OrderStatus\" AS ENUM ('open')"
echo "a type in quotes, in another schema: $(TYPE=OrderStatus ask fix-1), $(TYPE=OrderStatus ask verification-1)"
echo "no such type: '$(TYPE=nothing ask fix-1)'"
mkdir -p fault fixed
printf "ALTER TYPE status ADD VALUE 'void';\nUPDATE orders SET status = 'void';\n" > fault/1.sql
printf "ALTER TYPE status ADD VALUE IF NOT EXISTS 'void';\n" > fixed/1.sql
printf "UPDATE orders SET status = 'void';\n" > fixed/2.sql
for MIGRATIONS in fault fixed; do
  export MIGRATIONS
  echo "check, $MIGRATIONS: lines $(bash ../../commands/check-value-alone-in-its-migration.sh | grep -c .)"
done
