#!/bin/sh
# Shows letters as a browser shows them: one PNG file for each golden letter, on the left as
# wide as a desk has it, on the right as narrow as a telephone. Says it where a letter is wider
# than its screen.
#
# Needs Chromium (Debian: apt-get install chromium). It opens local files only.
# Usage: [TAG=fr] tests/pictures.sh [FOLDER [LETTER… | all]]
# Without letters: the ten that people get most.
set -eu
tag=${TAG:-en}
cd "$(dirname "$0")/.."
out=${1:-target/pictures/$tag}
[ $# -gt 0 ] && shift
letters=${*:-request-receipt request-to-advisor reminder introduction no-answer declined welcome-advisor \
confirmation-question roster digest}
[ "$letters" != all ] || letters=$(ls "tests/golden/$tag" | sed -n 's/\.html$//p')
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "pictures of letters need Chromium: apt-get install chromium" >&2
    exit 1
}
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

browse() { # page [flag…]
    page=$1
    shift
    "$browser" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$work/profile" --hide-scrollbars \
        --force-device-scale-factor=1 --allow-file-access-from-files "$@" "file://$page" 2>/dev/null
}

# Headless Chromium has no window narrower than 500 pixels: a frame has. The title of this page
# tells how tall the letter is, and how wide each of the two.
side_by_side() { # letter
    cat <<HTML
<body style="margin:0;white-space:nowrap">
<iframe src="$1.html" style="border:0;width:800px;height:100px"></iframe>
<iframe src="$1.html" style="border:0;width:360px;height:100px;vertical-align:top"></iframe>
<script>
onload = () => {
  const pages = [...document.querySelectorAll('iframe')].map(f => [f, f.contentDocument.documentElement])
  for (const [frame, page] of pages) frame.style.height = page.scrollHeight + 'px'
  document.title = [Math.max(...pages.map(([f]) => f.offsetHeight)), ...pages.map(([, p]) => p.scrollWidth)].join(' ')
}
</script>
HTML
}

for letter in $letters; do
    sed "s|cid:[^\"]*|file://$PWD/tests/golden/weeks.png|" "tests/golden/$tag/$letter.html" > "$work/$letter.html"
    side_by_side "$letter" > "$work/both.html"
    measured=$(browse "$work/both.html" --dump-dom | sed -n 's|.*<title>\(.*\)</title>.*|\1|p')
    tall=${measured%% *}
    browse "$work/both.html" --window-size="1168,$tall" --screenshot="$out/$letter.png"
    echo "$out/$letter.png"
    [ "$measured" = "$tall 800 360" ] || echo "$letter does not fit: height and widths are $measured" >&2
done
