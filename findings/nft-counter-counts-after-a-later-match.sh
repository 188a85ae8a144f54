#!/usr/bin/env bash
# nft 1.0.6: `tcp sport 1 counter tcp dport 2` is made into one load of both ports before the counter, which then counts packets of
# both ports, and not those of the source port alone, as it was written; the listing shows it behind them.
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
  nft "table ip t { chain c { tcp sport 1 counter tcp dport 2; }; }"
  nft list ruleset | grep counter
')
wanted=$(printf "\t\ttcp sport 1 tcp dport 2 counter packets 0 bytes 0")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
