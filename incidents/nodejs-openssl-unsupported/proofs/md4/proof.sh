#!/usr/bin/env bash
# webpack 4 hashes with MD4, which OpenSSL 3 does not offer by default. The same build with the old
# algorithms switched on, with another hash, and with webpack 5.
set -uo pipefail
build() { node ../shared/build.cjs "$@" 2>/dev/null | grep -E 'OSSL|built' | head -n 1; }
echo "webpack 4: $(build webpack-4)"
echo "webpack 4, --openssl-legacy-provider: $(NODE_OPTIONS=--openssl-legacy-provider build webpack-4)"
echo "webpack 4, hashFunction sha256: $(build webpack-4 sha256)"
echo "webpack 5: $(build webpack-5)"
