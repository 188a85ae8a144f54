#!/usr/bin/env bash
# nft 1.0.6: a DSCP in a concatenation is listed with the shift that takes it out of its byte. Loaded again it is shifted once more
# than before, and by each reload again: the rule matches no packet that it matched, and no error says so.
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
  nft "table ip t { chain c { ip dscp . tcp dport { cs1 . 80 } accept; }; }"
  for time in once twice; do
    nft list ruleset >saved
    grep accept saved
    nft flush ruleset
    nft -f saved
  done
')
wanted=$(
  printf '\t\tip dscp >> 2 . tcp dport { cs1 . 80 } accept\n'
  printf '\t\tip dscp >> 2 >> 2 . tcp dport { cs1 . 80 } accept\n'
)
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
