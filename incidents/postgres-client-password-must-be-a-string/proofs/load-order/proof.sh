#!/usr/bin/env bash
# Why the variable is undefined although the file has it: imports run before the first statement, the
# file is looked for in the current folder, and # begins a comment.
set -euo pipefail
export DOTENV_CONFIG_QUIET=true
cp .env.example .env
echo "config() after the imports: $(node late.mjs)"
echo "import 'dotenv/config' first: $(node first.mjs)"
mkdir -p elsewhere
echo "started in another folder: $(cd elsewhere && node ../first.mjs)"
echo 'DB_PASSWORD=#1-in-the-world' > .env
echo "begins with #: '$(node -e 'require("dotenv").config({ quiet: true }); process.stdout.write(process.env.DB_PASSWORD)')'"
echo 'DB_PASSWORD="#1-in-the-world"' > .env
echo "begins with #, in quotes: '$(node -e 'require("dotenv").config({ quiet: true }); process.stdout.write(process.env.DB_PASSWORD)')'"
