#!/usr/bin/env bash
# iptables 1.8.9: `statistic --mode nth` counts on in iptables-nft when another chain is changed, and begins anew in iptables-legacy, which
# loads the whole table at each change: where another rule is added after each packet, every fourth packet is none at all.
# Needs root (a network namespace of its own), Debian 12 and xt_statistic.
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

counted() {
  unshare -n bash -euc '
    ip link set lo up
    rule() { "xtables-$0-multi" iptables "$@"; }
    rule -N OTHER
    rule -A INPUT -p udp -m statistic --mode nth --every 4 --packet 3
    for number in $(seq 12); do
      echo "$number" >/dev/udp/127.0.0.1/9999 2>/dev/null || true
      rule -A OTHER
    done
    "xtables-$0-multi" iptables-save -c 2>/dev/null | grep -e "-m statistic" | sed -E "s/^\[([0-9]+):.*/\1 of 12 packets/"
  ' "$1"
}
seen="nft: $(counted nft)
legacy: $(counted legacy)"
wanted="nft: 3 of 12 packets
legacy: 0 of 12 packets"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
