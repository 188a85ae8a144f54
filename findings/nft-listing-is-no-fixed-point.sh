#!/usr/bin/env bash
# nft 1.0.6: what `nft list ruleset` prints, loaded and listed once more, is another text. Two prefixes that lie side by side
# are merged when they are loaded, and the set that is left, of one element, keeps its braces in the first listing and loses
# them in the second. Who compares a ruleset with its own listing after a reload sees a change where there is none.
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
  nft "table ip t { chain c { ip saddr { 10.0.0.0/25, 10.0.0.128/25 } accept; }; }"
  nft list ruleset >first
  nft flush ruleset
  nft -f first
  grep saddr first
  nft list ruleset | grep saddr
')
wanted=$(printf "\t\tip saddr { 10.0.0.0/24 } accept\n\t\tip saddr 10.0.0.0/24 accept")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
