#!/usr/bin/env bash
# iptables 1.8.9: `! --sport 80 ! --dport 80` asks for a packet of which neither port is 80. iptables-legacy does so; iptables-nft
# compares both ports at once (`cmp neq reg 1 0x00500050`), so that one which has a single of them is dropped, too. It prints the rule as given.
# Of four datagrams (80 to 80, 80 to 81, 81 to 80, 81 to 81) legacy counts one, and nft three.
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

ask() {
  unshare -n bash -euc '
    ip link set lo up
    xtables-$0-multi iptables -A INPUT -p udp -m udp ! --sport 80 ! --dport 80
    python3 - <<EOF
import socket
for source in (80, 81):
    for destination in (80, 81):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind(("127.0.0.1", source))
        one.sendto(b"x", ("127.0.0.1", destination))
        one.close()
EOF
    xtables-$0-multi iptables-save -c 2>/dev/null | grep -e "-A INPUT" | sed -E "s/^\[([0-9]+):[0-9]+\]/[\1 packets]/"
  ' "$1"
}
seen=$(for back in legacy nft; do echo "$back $(ask $back)"; done)
wanted='legacy [1 packets] -A INPUT -p udp -m udp ! --sport 80 ! --dport 80
nft [3 packets] -A INPUT -p udp -m udp ! --sport 80 ! --dport 80'
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
