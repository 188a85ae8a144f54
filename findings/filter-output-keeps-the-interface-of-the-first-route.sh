#!/usr/bin/env bash
# Linux 6.18: a packet of the node itself that DNAT in nat OUTPUT sends to another network is routed anew, and leaves by the new interface.
# The filter table's OUTPUT, which comes after nat, still sees the interface of the first route: `-o` there holds for a link that the packet
# never takes. POSTROUTING sees the new one.
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
  for link in near far; do ip link add $link type veth peer name to-$link; ip link set to-$link up; ip link set $link up; done
  ip addr add 10.1.0.1/24 dev near
  ip addr add 10.2.0.1/24 dev far
  ip neigh add 10.2.0.9 lladdr 02:00:00:00:00:09 dev far
  rule() { xtables-nft-multi iptables "$@"; }
  rule -t nat -A OUTPUT -d 10.1.0.9/32 -j DNAT --to-destination 10.2.0.9
  for link in near far; do
    rule -A OUTPUT -o $link -p udp
    rule -t mangle -A POSTROUTING -o $link -p udp
  done
  echo x >/dev/udp/10.1.0.9/80
  xtables-nft-multi iptables-save -c | grep -e "-p udp" | sed -E "s/^\[([0-9]+):[0-9]+\]/[\1]/" | sort -r
')
wanted="[1] -A POSTROUTING -o far -p udp
[1] -A OUTPUT -o near -p udp
[0] -A POSTROUTING -o near -p udp
[0] -A OUTPUT -o far -p udp"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
