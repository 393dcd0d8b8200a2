#!/usr/bin/env bash
# The check, on settings with and without the name localhost.
set -uo pipefail
mkdir -p fault fixed
echo 'DATABASE_URL=postgres://app@localhost:5432/shop' > fault/.env
echo '{ "production": { "host": "localhost", "dialect": "postgres" } }' > fault/config.json
echo 'DATABASE_URL=postgres://app@127.0.0.1:5432/shop' > fixed/.env
echo '// open http://localhost:3000 to see it' > fixed/server.js
for CONFIG in fault fixed; do
  export CONFIG
  found=$(bash ../../commands/check-no-localhost.sh)
  echo "$CONFIG: exit $?, lines $(grep -c . <<< "$found")"
done
