#!/usr/bin/env bash
# nft 1.0.6: a label of a connection that is asked for under a mask of one bit is listed with that bit behind a slash, where nft reads
# the length of a prefix: `ct label & 2 == 0` is listed as `ct label 0 / 2`, and whoever restores the listing gets a rule that asks that
# the labels 126 and 127 are not there. Nothing complains. Of two labels in a set the listing keeps not even the match: the rule is
# listed as an empty line, and what followed it holds of all packets after a restore.
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
  nft "table inet t { chain c { ct label & 2 == 0 accept; ct label { 1, 2 } drop; }; }"
  nft list ruleset 2>/dev/null >first
  nft flush ruleset
  nft -f first
  grep -E "accept|drop" first
  nft list ruleset | grep -E "accept|drop"
')
wanted=$(printf "\t\tct label 0 / 2 accept\n\t\tdrop\n\t\tct label ! 126,127 accept\n\t\tdrop")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
