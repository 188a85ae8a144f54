#!/usr/bin/env bash
# Linux 6.18, iptables 1.8.9: `recent --reap` is said to purge the entries that are older than --seconds. It takes away one entry at most,
# the one that was used least recently, and only for a packet whose own source is in the list. (kube-proxy writes it for session affinity:
# a list of 100 clients stays full long after they are gone.)
# Needs root (a network namespace of its own), Debian 12 and xt_recent.
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
  xtables-nft-multi iptables -A INPUT -p udp -m recent --rcheck --seconds 1 --reap --name x
  for address in 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 127.0.0.1; do echo "+$address" >/proc/net/xt_recent/x; done
  sleep 3
  left() { printf "%s: %s\n" "$1" "$(sed -E "s/src=([0-9.]+) .*/\1/" /proc/net/xt_recent/x | sort | paste -sd" ")"; }
  left "all older than a second"
  for source in 127.0.0.1 127.0.0.1 127.0.0.9; do
    python3 -c "
import socket, sys
end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end.bind((sys.argv[1], 0))
end.sendto(b\"x\", (\"127.0.0.1\", 9999))" $source
    left "after a packet of $source"
  done
')
wanted="all older than a second: 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 127.0.0.1
after a packet of 127.0.0.1: 10.0.0.2 10.0.0.3 10.0.0.4 127.0.0.1
after a packet of 127.0.0.1: 10.0.0.3 10.0.0.4 127.0.0.1
after a packet of 127.0.0.9: 10.0.0.3 10.0.0.4 127.0.0.1"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
