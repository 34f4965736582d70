#!/bin/sh
# Builds the Debian package and lives its life in a scratch root: installed, upgraded over a changed
# configuration, removed (the store stays), purged (it goes). `make package` at the top of the project.
#
# Needs cargo-deb (cargo install cargo-deb), dpkg and systemd's sysusers and tmpfiles; as root, since
# packages are root's. Of the machine itself nothing is changed.
set -eu

cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "run it as root: dpkg gives files to root" >&2; exit 1; }
command -v cargo-deb > /dev/null || { echo "no cargo-deb here; install it with: cargo install cargo-deb" >&2; exit 1; }

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

say() { printf '\n== %s\n' "$*"; }
fail() { echo "WRONG: $*" >&2; exit 1; }
there() { for path; do [ -e "$root$path" ] || fail "$path is not there"; done; }
gone() { for path; do [ ! -e "$root$path" ] || fail "$path is still there"; done; }

say "building"
package=$(cargo deb --strip ${PACKAGE_OPTIONS:-} | tail -n 1)
dpkg-deb --info "$package"
dpkg-deb --contents "$package"

# What the package depends on is the machine's matter, so dependencies are not looked for. The scripts
# run on this machine's programs and are told of the root (DPKG_ROOT).
pkg() {
    dpkg --root="$root" --force-script-chrootless --force-not-root --force-depends --force-bad-path \
        --force-confold "$@"
}
mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info" "$root/etc" "$root/tmp" "$root/run"
touch "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/available"

say "installed"
pkg --install "$package" 2>&1
there /usr/bin/soundingboard /etc/soundingboard/soundingboard.toml /var/lib/soundingboard \
    /usr/lib/sysusers.d/soundingboard.conf /usr/lib/tmpfiles.d/soundingboard.conf \
    /usr/share/doc/soundingboard/operating.md /usr/share/doc/soundingboard/examples/alerts.yml
unit=$(find "$root" -path '*systemd/system/soundingboard.service' -type f)
[ -n "$unit" ] || fail "there is no unit"
grep -q "^ExecStart=/usr/bin/soundingboard " "$unit" || fail "the unit starts another program"
[ -z "$(find "$root/etc/systemd" -name soundingboard.service 2>/dev/null)" ] || fail "the unit is enabled"
user=$(grep '^soundingboard:' "$root/etc/passwd" | cut -d: -f3)
[ -n "$user" ] || fail "there is no user"
[ "$(stat -c '%u %a' "$root/var/lib/soundingboard")" = "$user 750" ] || fail "the store's folder is not the user's"
"$root/usr/bin/soundingboard" version
# As it is shipped, only the passwords are missing.
faults=$("$root/usr/bin/soundingboard" check --config "$root/etc/soundingboard/soundingboard.toml" 2>&1) && fail "check said nothing"
echo "$faults" | grep -q "password" || fail "check said: $faults"

say "installed once more, over a changed configuration"
echo "# ours" >> "$root/etc/soundingboard/soundingboard.toml"
echo secret > "$root/etc/soundingboard/imap-password"
mkdir "$root/var/lib/soundingboard/ledger"
pkg --install "$package" 2>&1
grep -q "# ours" "$root/etc/soundingboard/soundingboard.toml" || fail "the configuration was overwritten"
there /var/lib/soundingboard/ledger

say "removed"
pkg --remove soundingboard 2>&1
gone /usr/bin/soundingboard "${unit#"$root"}"
there /var/lib/soundingboard/ledger /etc/soundingboard/soundingboard.toml /etc/soundingboard/imap-password

say "purged"
pkg --purge soundingboard 2>&1
gone /var/lib/soundingboard /etc/soundingboard

say "all as it should be: $package"
