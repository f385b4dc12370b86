#!/usr/bin/env bash
# Drives the packed extension in a real VS Code in a real browser; README.md beside it says what it needs and does.
# usage: editors/vscode/e2e/run.sh [SCENARIO...]
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
root=$(cd ../../.. && pwd)
cache=${DYNALENS_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dynalens-e2e}
code_server=4.139.1 node_version=24
mkdir -p "$cache"

if [ -z "${CHROMIUM:-}" ]; then
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if CHROMIUM=$(command -v $name); then break; fi
  done
fi
[ -n "$CHROMIUM" ] || { echo "there is no Chromium: install it, or set CHROMIUM to its path"; exit 2; }
export CHROMIUM

if [ -z "${DYNALENS:-}" ]; then
  cargo build --locked --manifest-path "$root/Cargo.toml"
  DYNALENS=${CARGO_TARGET_DIR:-$root/target}/debug/dynalens
fi
export DYNALENS

# The editor wants the version of node that it was made for, with its headers for its native modules.
if [ -z "${CODE_SERVER:-}" ]; then
  own=$(node -p '`node-${process.platform}-${process.arch}`')
  export npm_config_nodedir="$cache/node/node_modules/$own"
  if [ ! -x "$npm_config_nodedir/bin/node" ]; then
    npm install --silent --no-audit --no-fund --prefix "$cache/node" "$own@$node_version"
  fi
  export PATH="$npm_config_nodedir/bin:$PATH"
  CODE_SERVER=$cache/code-server-$code_server/node_modules/.bin/code-server
  if [ ! -e "$CODE_SERVER.works" ]; then
    echo "building code-server $code_server, which takes some minutes"
    rm -rf "$cache/code-server-$code_server"
    npm install --silent --no-audit --no-fund --prefix "$cache/code-server-$code_server" "code-server@$code_server"
    "$CODE_SERVER" --version && touch "$CODE_SERVER.works"
  fi
fi
export CODE_SERVER

(cd .. && npm ci --silent --ignore-scripts --no-audit --no-fund && npm run --silent package)
npm install --silent --ignore-scripts --no-audit --no-fund --no-package-lock
exec node "$here/main.mjs" "$@"
