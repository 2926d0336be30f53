#!/bin/sh
# Installs the named Debian packages that are missing: as root, or with `sudo -n`; else says what is left out.
[ "${NO_APT:-}" = 1 ] && { echo "NO_APT=1: Debian packages are left as they are."; exit 0; }
command -v dpkg-query >/dev/null 2>&1 || { echo "Not a Debian system: install these yourself for all tests: $*"; exit 0; }
missing=""
for package in "$@"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
echo "Missing Debian packages:$missing"
if [ "$(id -u)" = 0 ]; then run=""; elif sudo -n true 2>/dev/null; then run="sudo -n"; else
  echo "No right to install them: tests that need them say so and are left out."; exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$run apt-get update -qq && $run apt-get install -y -qq --no-install-recommends $missing >/dev/null && echo "Installed."  || {
  echo "Could not install them: tests that need them say so and are left out."; exit 0; }
