#!/usr/bin/env bash
# Linux 6.18, iptables 1.8.9: rules of hashlimit that have one --hashlimit-name share one table, and with it the rate, the burst and the
# mode of the rule that was added first. The words of the others are listed as they were written, and count for nothing: here the second
# rule allows a burst of 40, and takes 5 of 60 datagrams, since the first one, which no packet meets, allows 5. Alone it takes 40.
# Needs root (a network namespace of its own), Debian 12 and xt_hashlimit.
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

first="-A INPUT -p udplite -m hashlimit --hashlimit-upto 5/min --hashlimit-burst 5 --hashlimit-mode srcip --hashlimit-name x"
second="-A INPUT -p udp -m hashlimit --hashlimit-upto 5/min --hashlimit-burst 40 --hashlimit-mode srcip --hashlimit-name x"
export first second
counted() { # the rules of the filter table, a line each
  printf '*filter\n%s\nCOMMIT\n' "$1" >rules
  unshare -n bash -euc '
    ip link set lo up
    xtables-nft-multi iptables-restore rules
    for number in $(seq 60); do echo "$number" >/dev/udp/127.0.0.1/9999 || true; done 2>/dev/null
    xtables-nft-multi iptables-save -c | grep -e "-p udp " | sed -E "s/^\[([0-9]+):.*(--hashlimit-burst [0-9]+).*/\2: \1 packets/"
  '
}
seen="alone, $(counted "$second")
behind the other, $(counted "$first
$second")"
wanted="alone, --hashlimit-burst 40: 40 packets
behind the other, --hashlimit-burst 40: 5 packets"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
