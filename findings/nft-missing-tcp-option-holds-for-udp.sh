#!/usr/bin/env bash
# nft 1.0.6: `tcp option X missing` does not ask whether the packet is TCP (other questions about TCP do, without being told to): it
# holds for every packet of every other protocol. A rule that drops connections without the option drops DNS and ping as well.
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
  nft "table inet t { chain c { type filter hook output priority 0; tcp option sack-perm missing counter; }; }"
  ip link set lo up
  echo x >/dev/udp/127.0.0.1/9
  nft list ruleset | grep -o "tcp option.*counter packets [0-9]*" | sed "s/packets [1-9][0-9]*/packets: some/"
')
wanted='tcp option sack-perm missing counter packets: some'
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
