#!/usr/bin/env bash
# nft 1.0.6: the pointer of an ICMPv6 parameter problem has a name that only the printer knows. A rule that asks for it loads as JSON, or
# by its offset (`@th,32,32`), and is listed as `icmpv6 parameter-problem 4`; nft's own parser has no such word behind `icmpv6`, and
# refuses the whole saved ruleset at the next start.
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
  nft "table ip6 t { chain c { meta l4proto ipv6-icmp @th,32,32 4; }; }"
  nft list ruleset >listed
  sed -n "3s/^\t*//p" listed
  nft flush ruleset
  nft -f listed 2>&1 | sed -n "1s/^[^ ]* //p"
  echo "loaded: $(nft list tables | wc -l) tables"
')
wanted=$(printf "icmpv6 parameter-problem 4\nError: syntax error, unexpected string\nloaded: 0 tables")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
