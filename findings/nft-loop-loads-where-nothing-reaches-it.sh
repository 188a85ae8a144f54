#!/usr/bin/env bash
# nft 1.0.6 and the kernel: two chains that jump to each other load, as long as no base chain reaches them. The refusal comes
# later, for the one rule that makes them reachable, although nothing is wrong with that rule.
# Needs root (a network namespace of its own) and Debian 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Debian 12: the package and what it is linked with, unpacked in a folder of its own.
apt-get download -qq nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 libnftnl11=1.2.4-2 libxtables12=1.8.9-2 libjansson4=2.14-2 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH="$folder/root/usr/lib/$(uname -m)-linux-gnu" PATH="$folder/root/usr/sbin:$PATH"

seen=$(unshare -n bash -uc '
  nft "table ip t { chain a { jump b; }; chain b { jump a; }; }"
  echo "two chains that jump to each other: status $?"
  nft "add chain ip t base { type filter hook input priority 0; }" 2>/dev/null
  nft "add rule ip t base jump a" >/dev/null 2>&1
  echo "a base chain that jumps to one of them: status $?"
')
wanted="two chains that jump to each other: status 0
a base chain that jumps to one of them: status 1"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
