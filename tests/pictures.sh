#!/bin/sh
# Shows letters as a browser shows them: PNG files of the golden letters, wide and narrow.
#
# Needs Chromium (Debian: apt-get install chromium). It opens local files only.
# Usage: [TALL=pixels] tests/pictures.sh [FOLDER [LETTER…]]
set -eu
tall=${TALL:-2600}
cd "$(dirname "$0")/.."
out=${1:-target/pictures}
[ $# -gt 0 ] && shift
letters=${*:-welcome-advisor request-receipt request-to-advisor reminder introduction no-answer declined \
confirmation-question roster digest}
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "pictures of letters need Chromium: apt-get install chromium" >&2
    exit 1
}
mkdir -p "$out"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

shoot() { # page width picture [flag]
    "$browser" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$profile" --hide-scrollbars \
        --force-device-scale-factor=1 --window-size="$2,$tall" --screenshot="$3" ${4:-} "file://$1" 2>/dev/null
}

for letter in $letters; do
    page=$profile/$letter.html
    sed "s|cid:[^\"]*|file://$PWD/tests/golden/weeks.png|" "tests/golden/en/$letter.html" > "$page"
    # Headless Chromium has no window narrower than 500 pixels: a frame has.
    narrow=$profile/$letter-narrow.html
    printf '<body style="margin:0"><iframe src="%s" style="border:0;width:360px;height:%spx"></iframe>' \
        "$page" "$tall" > "$narrow"
    shoot "$page" 800 "$out/$letter-800.png"
    shoot "$narrow" 500 "$out/$letter-360.png"
    echo "$out/$letter-800.png $out/$letter-360.png"
done
