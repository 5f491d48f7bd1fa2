#!/usr/bin/env bash
# A smoke run of the built command line as a user types it: a chain, a transfer, both balances, a clean stop.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=$(mktemp -d)
chainwright() { node dist/core/cli/main.js "$@"; }
node dist/core/cli/main.js dev --data-dir "$directory/dev" --port 0 --json >"$directory/log" 2>"$directory/errors" &
pid=$!
trap 'kill -KILL $pid 2>/dev/null || true; rm -rf "$directory"' EXIT
for _ in $(seq 1 200); do
  api=$(grep -o '"api":"[^"]*"' "$directory/log" 2>/dev/null | head -n 1 | cut -d'"' -f4 || true)
  [ -n "$api" ] && break
  sleep 0.1
done
[ -n "$api" ] || { cat "$directory/errors"; exit 1; }
chainwright tx transfer --from dev:alice --to dev:bob --amount 5 --api "$api"
chainwright account dev:bob --api "$api" | grep -E 'balance +1000000000005'
chainwright status --api "$api"
kill -TERM $pid
wait $pid
echo "smoke: fine"
