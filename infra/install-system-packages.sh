#!/bin/sh
# The Debian packages some groups of tests want: a browser, other voices and recorded speech (docs/lab.md), tools to look
# at audio.
# The product itself needs none of them. Run as root; works without a terminal.
set -eu

packages="chromium sox libsox-fmt-base flac flite espeak-ng fonts-dejavu-core asterisk-core-sounds-en-wav
asterisk-moh-opsound-wav festival festvox-kdlpc16k festvox-us-slt-hts"

absent=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || absent="$absent $package"
done
if [ -z "$absent" ]; then
    echo "all there: $packages"
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "No apt-get here. Install with this system's own package tool:$absent" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "Installing packages needs root. Run: sudo $0" >&2
    exit 1
fi
echo "installing:$absent"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086
apt-get install -q -y --no-install-recommends $absent
