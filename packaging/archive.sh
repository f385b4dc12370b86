#!/usr/bin/env bash
# Packs the program that was built for a target, with its manual, completions and licences, into dist/.
# usage: archive.sh TARGET   (after `cargo build --release --target TARGET`)
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
name=dynalens-$version-$target
suffix=""
case $target in *windows*) suffix=.exe ;; esac
program=target/$target/release/dynalens$suffix
stage=target/archive/$name
rm -rf "$stage"
mkdir -p "$stage/completions" "$stage/man" dist
cp "$program" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$stage/"
"$program" man --dir "$stage/man"
for shell in bash zsh fish powershell elvish; do
  "$program" completions "$shell" > "$stage/completions/dynalens.$shell"
done
case $target in
  *windows*) (cd target/archive && 7z a -bso0 "../../dist/$name.zip" "$name") ;;
  *) tar -C target/archive -czf "dist/$name.tar.gz" "$name" ;;
esac
echo "dist/$name"
