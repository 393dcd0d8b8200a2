#!/usr/bin/env bash
# The commands of the runbook in each state. None prints the password.
set -uo pipefail
for command in diagnosis-1 check-password-is-set; do
  export VARIABLE=DB_PASSWORD
  unset DB_PASSWORD
  echo "$command, not set: $(bash "../../commands/$command.sh" 2>&1); exit $?"
  DB_PASSWORD='' ; export DB_PASSWORD
  echo "$command, empty: $(bash "../../commands/$command.sh" 2>&1); exit $?"
  DB_PASSWORD='hunter2 with a space '
  echo "$command, set: $(bash "../../commands/$command.sh" 2>&1); exit $?"
done
DATABASE_URL=postgres://app@db.example.com/shop bash ../../commands/diagnosis-2.sh
DATABASE_URL=postgres://app:p%40ss@db.example.com/shop bash ../../commands/diagnosis-2.sh
DATABASE_URL=postgres://app:p#ss@db.example.com/shop bash ../../commands/diagnosis-2.sh
