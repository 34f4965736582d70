#!/bin/bash
# What building, the demo and the tests need on a Debian machine: cargo, a C compiler (the
# crate `ring` has some C), Dovecot and Cyrus (IMAP), chasquid and Postfix (SMTP). Root gets what is missing
# installed; anybody else is told in one line. No mail service is left running.
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
[ -x /usr/lib/cyrus/bin/imapd ] || { packages+=(cyrus-imapd); services+=(cyrus-imapd.service); }

# Postfix, on which some stories are told as well, is only unpacked: installed, it would take the
# place of this machine's mail server. Its master is started by root alone, so root alone has it.
root=$(dirname "$0")/../..
postfix_is_missing() {
  [ "$(id -u)" = 0 ] && here apt-get && [ ! -x /usr/lib/postfix/sbin/master ] &&
    [ ! -x "$root/target/postfix/usr/lib/postfix/sbin/master" ]
}
unpack_postfix() {
  local place libraries
  place=$(mktemp -d)
  apt-get update -qq
  (cd "$place" && apt-get download -qq postfix 2>/dev/null)
  mapfile -t libraries < <(dpkg-deb -f "$place"/postfix_*.deb Depends | tr , '\n' | grep -o '^ *lib[^ ]*' | tr -d ' ')
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${libraries[@]}" >/dev/null
  dpkg-deb -x "$place"/postfix_*.deb "$place/root"
  mkdir -p "$root/target" && rm -rf "$root/target/postfix" && mv "$place/root" "$root/target/postfix"
  chmod 755 "$root/target/postfix"
  rm -r "$place"
}

if [ ${#packages[@]} -eq 0 ]; then
  if postfix_is_missing; then unpack_postfix || echo "no Postfix: stories on it are not told" >&2; fi
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
if postfix_is_missing; then unpack_postfix || echo "no Postfix: stories on it are not told" >&2; fi

# That policy holds only while they are installed: what starts at boot is another list.
if [ -d /run/systemd/system ] && [ ${#services[@]} -gt 0 ]; then
  systemctl disable --quiet "${services[@]}" || echo "see that these do not start at boot: ${services[*]}" >&2
fi
