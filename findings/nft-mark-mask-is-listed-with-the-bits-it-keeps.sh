#!/usr/bin/env bash
# nft 1.0.6: `meta mark set meta mark and 0xff0000ff or 0x100` is listed with another mask, 0xff0001ff: bits that are set
# afterwards are taken into the mask. It does the same to every packet, but a ruleset and its listing differ, and the mask that
# is printed is not the one that was written.
# Needs root (a network namespace of its own) and Debian 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Debian 12: the package and what it is linked with, unpacked in a folder of its own.
apt-get download -qq nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 libnftnl11=1.2.4-2 libxtables12=1.8.9-2 libjansson4=2.14-2 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH="$folder/root/usr/lib/$(uname -m)-linux-gnu" PATH="$folder/root/usr/sbin:$PATH"

seen=$(unshare -n bash -euc '
  nft "table ip t { chain c { meta mark set meta mark and 0xff0000ff or 0x100; }; }"
  nft list ruleset | grep mark
')
wanted=$(printf "\t\tmeta mark set meta mark & 0xff0001ff | 0x00000100")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
