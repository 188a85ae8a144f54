#!/usr/bin/env bash
# nft 1.0.6: a set of one flag is taken for a question of that bit, not for membership: `tcp flags { syn }` holds for SYN and for SYN-ACK,
# while `tcp flags { syn, rst }` holds for packets whose flags are SYN alone or RST alone. Taking an element out of a set of two so makes the
# rule match more. The listing leaves the braces out; the program that the kernel gets shows it.
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
  nft "table inet t { chain c { tcp flags { syn } accept; tcp flags { syn, rst } accept; }; }"
  nft list ruleset | grep accept
  nft --debug=netlink list ruleset | grep -E "bitwise|cmp neq|lookup"
')
wanted=$(
  printf '\t\ttcp flags syn accept\n\t\ttcp flags { syn, rst } accept\n'
  echo '  [ bitwise reg 1 = ( reg 1 & 0x00000002 ) ^ 0x00000000 ]'
  echo '  [ cmp neq reg 1 0x00000000 ]'
  echo '  [ lookup reg 1 set __set0 0x0 ]'
)
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
