#!/usr/bin/env bash
# Linux 6.18: MASQUERADE does not take the source address that the route names (`src`), which is what the node's own packets get. It takes
# the address of the interface that lies in the network of the next hop, or else its first one. A node with an address of its own for what leaves the
# cluster masks pods behind another one.
# Needs root (a network namespace of its own), Python 3 and Debian 12.
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

cat >sources.py <<'END'
# Sends a datagram before there is a rule, and one after, and prints the source that each leaves with.
import socket, subprocess
wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
wire.bind(("outside", 0))
wire.settimeout(5)
def leaves(who):
    subprocess.run(["bash", "-c", "echo x >/dev/udp/203.0.113.1/80"], check=True)
    packet = wire.recv(100)
    print(f"{who}: {socket.inet_ntoa(packet[12:16])}", flush=True)
leaves("the node")
subprocess.run("xtables-nft-multi iptables -t nat -A POSTROUTING -o wan -j MASQUERADE".split(), check=True)
leaves("the node, masked")
END
seen=$(unshare -n bash -euc '
  ip link add wan type veth peer name outside
  ip link set wan up
  ip link set outside up
  ip addr add 10.3.0.1/24 dev wan
  ip addr add 10.9.0.1/32 dev wan
  ip neigh add 10.3.0.254 lladdr 02:00:00:00:00:09 dev wan
  ip route add default via 10.3.0.254 src 10.9.0.1
  python3 sources.py
')
wanted="the node: 10.9.0.1
the node, masked: 10.3.0.1"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
