#!/bin/bash
# What building, the demo and the tests need on a Debian machine: cargo, a C compiler (the
# crate `ring` has some C), Dovecot (IMAP), chasquid (SMTP) and Python's icalendar. Root gets what
# is missing installed; anybody else is told in one line. No mail service is left running.
set -euo pipefail

# An ordinary user's PATH lacks the places of the servers.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
here() { command -v "$1" >/dev/null; }

if ! here cargo; then
  version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "$0")/../../Cargo.toml")
  echo "cargo is missing: install Rust $version or newer from https://rustup.rs, then run this again" >&2
  exit 1
fi

packages=()
here cc || packages+=(gcc libc6-dev)
# Services that come new to this machine; a Dovecot that serves POP3 already is none.
services=()
here dovecot || services+=(dovecot.service dovecot.socket)
here chasquid || services+=(chasquid.service)
{ here dovecot && [ -x /usr/lib/dovecot/imap ]; } || packages+=(dovecot-imapd)
here chasquid || packages+=(chasquid)
# Another program that reads calendars, for what the tests write into them: the first `python3` may be one
# that does not have it, and Debian's does.
reads_calendars() { "$1" -c 'import icalendar' 2>/dev/null; }
reads_calendars python3 || reads_calendars /usr/bin/python3 || packages+=(python3-icalendar)

# Cyrus and Postfix, on which some stories are told as well, are only unpacked: installed, they would take
# the place of Dovecot, and of this machine's mail server. Where nobody is root, their stories are not told.
root=$(dirname "$0")/../..
# Whether NAME is neither installed nor unpacked, and can be: FILE is one of its own.
is_missing() { # NAME FILE
  [ "$(id -u)" = 0 ] && here apt-get && [ ! -x "/$2" ] && [ ! -x "$root/target/$1/$2" ]
}
unpack() { # NAME PACKAGE…
  local name=$1 place libraries
  shift
  place=$(mktemp -d)
  apt-get update -qq
  # As root it downloads into a folder that its own user may not enter, and says so.
  (cd "$place" && apt-get download -qq "$@" 2>/dev/null)
  mapfile -t libraries < <(for deb in "$place"/*.deb; do dpkg-deb -f "$deb" Depends; done |
    tr , '\n' | grep -o '^ *lib[^ ]*' | tr -d ' ' | sort -u)
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${libraries[@]}" >/dev/null
  for deb in "$place"/*.deb; do dpkg-deb -x "$deb" "$place/root"; done
  mkdir -p "$root/target" && rm -rf "$root/target/$name" && mv "$place/root" "$root/target/$name"
  chmod 755 "$root/target/$name"
  rm -r "$place"
}
unpack_others() {
  if is_missing postfix usr/lib/postfix/sbin/master; then
    unpack postfix postfix || echo "no Postfix: stories on it are not told" >&2
  fi
  if is_missing cyrus usr/lib/cyrus/bin/imapd; then
    unpack cyrus cyrus-common cyrus-imapd || echo "no Cyrus: stories on it are not told" >&2
  fi
}

if [ ${#packages[@]} -eq 0 ]; then
  unpack_others
  exit 0
fi

if [ "$(id -u)" != 0 ] || ! here apt-get; then
  echo "missing here; as root: apt-get install --no-install-recommends ${packages[*]}" >&2
  exit 1
fi

# Debian starts a mail server as soon as it is installed. The tests run them from temporary
# folders, on ports of their own; a machine that served no mail must not begin to.
policy=/usr/sbin/policy-rc.d
if [ ${#services[@]} -gt 0 ] && [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
unpack_others

# That policy holds only while they are installed: what starts at boot is another list.
if [ -d /run/systemd/system ] && [ ${#services[@]} -gt 0 ]; then
  systemctl disable --quiet "${services[@]}" || echo "see that these do not start at boot: ${services[*]}" >&2
fi
