#!/usr/bin/env bash
# The check of the runbook, as it stands there, on a test that passes with the usual pool: with a
# pool of one connection a single request shows the query without the transaction.
set -uo pipefail
export BACKEND=.
FIXED=no npm --prefix . test > usual.log 2>&1
echo "usual pool, with the fault: exit $?"
for FIXED in no yes; do
  export FIXED
  bash ../../commands/check-tests-with-pool-of-one.sh > "$FIXED.log" 2>&1
  echo "pool of one, fixed $FIXED: exit $?; $(grep -oE 'SequelizeConnectionAcquireTimeoutError: Operation timeout' "$FIXED.log" | head -n 1)"
done
