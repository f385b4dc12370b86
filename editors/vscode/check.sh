#!/usr/bin/env bash
# Lints, type-checks, tests and packs the extension where node, npm and its registry can be had; elsewhere it says what is
# left out and ends well, as a machine without them can still judge everything else. With --strict that is a failure.
set -euo pipefail
cd "$(dirname "$0")"
strict=false; if [ "${1:-}" = --strict ]; then strict=true; fi
skip() { echo "left out: the VS Code extension, as $1"; if $strict; then exit 1; fi; exit 0; }

command -v node > /dev/null && command -v npm > /dev/null || skip "there is no node with npm"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || skip "node is of version $major and has to be 20 or newer"

said=$(mktemp)
trap 'rm -f "$said"' EXIT
limit=(); if command -v timeout > /dev/null; then limit=(timeout 300); fi
# No package may run a script when it is installed.
install=(npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --fetch-retries=1 --fetch-timeout=30000)
if ! "${limit[@]}" "${install[@]}" > "$said" 2>&1; then
  cat "$said"
  if grep -q EUSAGE "$said"; then
    echo "package.json and package-lock.json do not say the same: run npm install in editors/vscode"
    exit 1
  fi
  skip "its packages can't be installed"
fi
npm run --silent check
