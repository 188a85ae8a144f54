#!/usr/bin/env bash
# nft 1.0.6: whether an extension header is there may be asked with a set of `exists` and `missing`; the listing shows the set's elements
# as numbers of protocols, ip (0) and icmp (1). That listing says something else to whoever reads it.
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
  nft "table ip6 t { chain c { exthdr hbh { exists, missing } accept; }; }"
  nft list ruleset | grep accept
')
wanted=$(printf '\t\texthdr hbh { ip, icmp } accept')
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
