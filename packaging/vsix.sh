#!/usr/bin/env bash
# Makes the packages of the VS Code extension: one for each system with the program in it, and one without for the rest.
# usage: packaging/vsix.sh DIST OUT    (DIST holds dynalens-VERSION-TARGET.tar.gz or .zip, as packaging/archive.sh makes them)
set -euo pipefail
cd "$(dirname "$0")/.."
dist=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

extension=editors/vscode
grep -q "\"version\": \"$version\"" "$extension/package.json" || { echo "the extension is of another version than $version"; exit 1; }
(cd "$extension" && npm ci --ignore-scripts --no-audit --no-fund)
rm -f "$extension"/dist/*.vsix

# The programs for musl run everywhere on Linux.
for pair in \
  x86_64-unknown-linux-musl=linux-x64 aarch64-unknown-linux-musl=linux-arm64 \
  x86_64-unknown-linux-musl=alpine-x64 aarch64-unknown-linux-musl=alpine-arm64 \
  x86_64-apple-darwin=darwin-x64 aarch64-apple-darwin=darwin-arm64 \
  x86_64-pc-windows-msvc=win32-x64 aarch64-pc-windows-msvc=win32-arm64; do
  target=${pair%%=*} system=${pair##*=}
  name=dynalens-$version-$target
  if [ ! -d "$work/$name" ]; then
    case $target in
      *windows*) unzip -q "$dist/$name.zip" -d "$work" ;;
      *) tar -xzf "$dist/$name.tar.gz" -C "$work" ;;
    esac
  fi
  program=$work/$name/dynalens
  case $target in *windows*) program=$program.exe ;; esac
  node "$extension/package.mjs" --program "$program" "$system"
done
node "$extension/package.mjs"
mv "$extension"/dist/*.vsix "$out"
