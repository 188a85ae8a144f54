#!/usr/bin/env bash
# nft 1.0.6: a plain number is taken as an address. Ports written into a set of `ipv4_addr` by mistake load without a word,
# 80 as 0.0.0.80 and 8080 as 0.0.31.144, and the rule that asks the set never matches; a set of `inet_service` was meant.
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
  nft "table ip t { set s { type ipv4_addr; elements = { 80, 8080 }; }; }"
  nft list ruleset | grep elements
')
wanted=$(printf "\t\telements = { 0.0.0.80, 0.0.31.144 }")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
