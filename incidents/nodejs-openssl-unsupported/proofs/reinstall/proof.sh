#!/usr/bin/env bash
# The popular advice, tried: node_modules deleted and installed again. It cannot help: one line that
# asks Node.js for MD4 gives the same error in a folder without any package, and the very packages
# that fail build with the old algorithms switched on.
set -uo pipefail
mkdir empty && cd empty
echo "no packages, md4: $(node -p 'try { crypto.createHash("md4"); "works" } catch (error) { error.code }')"
echo "no packages, md4, --openssl-legacy-provider: $(node --openssl-legacy-provider -p 'crypto.createHash("md4") && "works"')"
echo "no packages, sha256: $(node -p 'crypto.createHash("sha256") && "works"')"
cd ..
cp -rL ../node_modules fresh_node_modules
mkdir again && mv fresh_node_modules again/node_modules && cp ../shared/build.cjs ../shared/entry.js again/
echo "webpack 4, a fresh copy of node_modules: $(node again/build.cjs webpack-4 2>/dev/null | grep -E 'OSSL|built' | head -n 1)"
