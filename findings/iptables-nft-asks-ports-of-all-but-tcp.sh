#!/usr/bin/env bash
# iptables 1.8.9: `! -p tcp -m tcp --dport 80` is refused by the kernel when iptables-legacy loads it. iptables-nft
# takes it, and makes of it a rule for every protocol but TCP whose third and fourth byte are 80: two datagrams of UDP to port 80 are
# counted, one to port 81 is not.
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
  rule="INPUT ! -p tcp -m tcp --dport 80"
  xtables-legacy-multi iptables -A $rule 2>&1 | sed "s/\. Run.*//" || true
  xtables-nft-multi iptables -A $rule
  for port in 80 80 81; do echo x >/dev/udp/127.0.0.1/$port || true; done 2>/dev/null
  xtables-nft-multi iptables-save -c 2>/dev/null | grep -e "-A INPUT" | sed -E "s/^\[([0-9]+):[0-9]+\]/[\1 packets]/"
')
wanted='iptables: Invalid argument
[2 packets] -A INPUT ! -p tcp -m tcp --dport 80'
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
