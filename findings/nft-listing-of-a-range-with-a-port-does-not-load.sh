#!/usr/bin/env bash
# nft 1.0.6: a rule `dnat to 10.0.0.8-10.0.0.9:80` is listed as `dnat to 10.0.0.8/31:80`, since a range that is a prefix is
# printed as one, and nft itself refuses that text: behind a prefix its grammar takes no port. The ruleset that a node saves with
# `nft list ruleset` is then not loaded at the next start, whole: one such rule is enough.
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
  nft "table ip t { chain c { type nat hook prerouting priority dstnat; tcp dport 80 dnat to 10.0.0.8-10.0.0.9:80; }; }"
  nft list ruleset >listed
  grep dnat.to listed
  nft flush ruleset
  nft -f listed 2>&1 | sed -n "1s/^[^ ]* //p"
  echo "loaded: $(nft list tables | wc -l) tables"
')
wanted=$(printf "\t\ttcp dport 80 dnat to 10.0.0.8/31:80\nError: syntax error, unexpected string, expecting number\nloaded: 0 tables")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
