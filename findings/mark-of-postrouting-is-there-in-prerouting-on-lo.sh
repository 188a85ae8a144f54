#!/usr/bin/env bash
# Linux, iptables 1.8.9: a mark that the last hook of a packet gives it, mangle POSTROUTING, is there in its first hook, raw PREROUTING,
# where the packet is one that the node sends to itself: lo hands the packet on with its mark. On its way over a wire a mark is
# lost, so that rules which ask in PREROUTING for a mark that POSTROUTING alone sets seem to ask in vain, and do not.
# Needs root (a network namespace of its own) and Debian 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Debian 12: the package and what it is linked with, unpacked in a folder of its own.
apt-get download -qq iptables=1.8.9-2 libxtables12=1.8.9-2 libnftnl11=1.2.4-2 libip4tc2=1.8.9-2 libip6tc2=1.8.9-2 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
library="$folder/root/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH="$library" XTABLES_LIBDIR="$library/xtables" PATH="$folder/root/usr/sbin:$PATH"
export XTABLES_LOCKFILE="$folder/lock"

seen=$(unshare -n bash -euc '
  ip link set lo up
  xtables-nft-multi iptables -t mangle -A POSTROUTING -p udp --dport 9999 -j MARK --set-mark 7
  xtables-nft-multi iptables -t raw -A PREROUTING -p udp --dport 9999 -m mark --mark 7
  echo x >/dev/udp/127.0.0.1/9999
  xtables-nft-multi iptables-save -c 2>/dev/null | grep -e "-A PREROUTING" | sed -E "s/^\[([0-9]+):[0-9]+\]/[\1 packets]/"
')
wanted='[1 packets] -A PREROUTING -p udp -m udp --dport 9999 -m mark --mark 0x7'
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
