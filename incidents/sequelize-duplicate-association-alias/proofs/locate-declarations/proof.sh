#!/usr/bin/env bash
# The diagnosis: which of the two cases is it? The command of the runbook prints where each
# declaration of the alias stands. Two places: two declarations, rename one. The same place twice:
# one line runs twice, and renaming would not help. Then the search for readers who can run nothing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source ../shared/backend.sh
with_fault two-declarations
with_fix runs-twice
sed -i 's/^core(db);/&\ncore(db);/' runs-twice/models/index.mjs
sed -i 's/const User = .*/const User = db.models.User ?? db.define("User", {});/' runs-twice/models/associations.mjs
export ALIAS=shoppingCarts MODELS=models/index.mjs SEQUELIZE=sequelize

in_the_runbook() {
  cd "$BACKEND" && ALIAS="$ALIAS" MODELS="$MODELS" SEQUELIZE="$SEQUELIZE" \
  DATABASE_URL='postgres://nobody@127.0.0.1:9/none' node -e '
  const { Model } = require(process.env.SEQUELIZE || "sequelize");
  for (const kind of ["hasMany", "hasOne", "belongsTo", "belongsToMany"]) {
    const original = Model[kind];
    Model[kind] = function (target, options) {
      if (options && options.as === process.env.ALIAS)
        console.log(this.name + "." + kind, target.name, new Error().stack.split("\n")[2].trim());
      return original.apply(this, arguments);
    };
  }
  import(require("url").pathToFileURL(process.env.MODELS))
    .then(() => process.exit(0), (error) => { console.log(String(error)); process.exit(1); });
  '
}

for BACKEND in two-declarations runs-twice; do
  echo "$BACKEND:"
  (in_the_runbook || true) | sed "s,file://$PWD/,," | tee "$BACKEND.txt"
  places=$(sed -nE 's/.* at default \((.*)\)/\1/p' "$BACKEND.txt" | sort -u | wc -l)
  declared=$(grep -c ' at ' "$BACKEND.txt")
  echo "  declarations run: $declared, places: $places"
done
BACKEND=two-declarations
echo 'the search:'
grep -rnE --include='*.js' --include='*.mjs' --include='*.cjs' --include='*.ts' --exclude-dir=node_modules \
  "as: *['\"]" -- "$BACKEND" | grep -F -e "'$ALIAS'" -e "\"$ALIAS\""
