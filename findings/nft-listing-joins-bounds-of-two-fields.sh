#!/usr/bin/env bash
# nft 1.0.6: a lower bound of one field and an upper bound of the next are listed as a range of the second. The kernel has what was
# written (`--debug=netlink` shows both loads), the listing says something else, and who saves the listing and loads it has
# another rule.
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
  nft "table ip t { chain c { tcp dport >= 10 tcp sport <= 20 accept; meta mark >= 10 meta priority <= 20 accept; }; }"
  nft list ruleset | grep accept
  nft --debug=netlink list ruleset | grep "payload load"
')
wanted=$(printf "\t\ttcp sport 10-20 accept\n\t\tmeta priority 0:a-0:14 accept\n  [ payload load 2b @ transport header + 2 => reg 1 ]\n  [ payload load 2b @ transport header + 0 => reg 1 ]")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
