#!/usr/bin/env bash
# nft 1.0.6: a rule that asks for the destination port where the protocol is ICMP loads, and is listed as a question for the
# checksum of ICMP, which lies at the same bytes. `nft list ruleset` shows a rule that nobody wrote.
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
  nft "table ip t { chain c { meta l4proto icmp th dport 80 accept; }; }"
  nft list ruleset | grep accept
')
wanted=$(printf "\t\ticmp checksum 80 accept")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
