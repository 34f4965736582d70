#!/bin/bash
# Fuzzes what reads mail: tests/fuzz/run.sh [SECONDS [KIND…]]; ten minutes for each of the five
# kinds unless told otherwise. First it holds 64 KiB of many a thing to ten seconds each. It begins
# with the seeds beside this script and with every mail of the conversations, keeps what it finds
# worth keeping in target/fuzz-corpus, and prints how much was executed and covered. An input that
# breaks a property, overflows, takes over ten seconds (the fuzzer's build is slower than ours) or
# asks for more than 64 MiB at once ends it, and lies in tests/fuzz/artifacts: it belongs into the
# seeds.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-600}
shift || true
kinds=("${@:-}")
[ -n "${kinds[0]}" ] || kinds=(inbound reply report form event)

PATH="$PATH:$HOME/.cargo/bin"
command -v cargo-fuzz >/dev/null || cargo install --quiet cargo-fuzz

told=target/fuzz-stories
if [ ! -d "$told" ]; then
  # Whole or not at all: an interrupted run must not leave an empty folder for all later ones.
  rm -rf "$told.new" && mkdir -p "$told.new"
  KEEP_MAILS=$PWD/$told.new cargo test --release --quiet --test conversations memory >/dev/null
  mv "$told.new" "$told"
fi

cargo test --release --quiet --test fuzz -- --ignored

for kind in "${kinds[@]}"; do
  corpus=target/fuzz-corpus/$kind
  mkdir -p "$corpus"
  seeds=("tests/fuzz/seeds/$kind")
  [ "$kind" = inbound ] && seeds+=("$told")
  # Without a sanitizer it builds with the stable compiler; there is no unsafe code to watch.
  # Overflows count, debug assertions do not: mail-parser has some that real mail breaks.
  log=target/fuzz-$kind.log
  RUSTFLAGS="-C overflow-checks=on" cargo fuzz run --release \
    --fuzz-dir tests/fuzz --target-dir target/fuzz --sanitizer none "$kind" "$corpus" "${seeds[@]}" -- \
    -max_total_time="$seconds" -timeout=10 -malloc_limit_mb=64 -max_len=65536 -dict=tests/fuzz/words.dict \
    -print_final_stats=1 >"$log" 2>&1 || { tail -n 40 "$log" >&2; echo "$kind: a finding; see above" >&2; exit 1; }
  coverage=$(grep -o 'cov: [0-9]* ft: [0-9]*' "$log" | tail -1)
  echo "$kind: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions in ${seconds} s, $coverage, no finding"
done
