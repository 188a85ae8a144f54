#!/usr/bin/env bash
# nft 1.0.6: who names a table says its flags, also where nobody thinks of it as a declaration. `flags dormant` of one file is lost as soon as
# another file, or `nft add table`, names the table for something else, and its rules are in force from then on; a policy that is not
# said again stays what it was. Both are written without a word of the thing that changes.
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
  say() { echo "$1: $(nft list table ip t | grep -c dormant) dormant, $(nft list chain ip t c | grep -o "policy [a-z]*")"; }
  nft "table ip t { flags dormant; chain c { type filter hook input priority 0; policy drop; }; }"
  say "loaded"
  nft "add rule ip t c tcp dport 80 accept"
  say "a rule added"
  nft "table ip t { chain c { type filter hook input priority 0; }; }"
  say "named again"
')
wanted=$(printf "loaded: 1 dormant, policy drop\na rule added: 1 dormant, policy drop\nnamed again: 0 dormant, policy drop")
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
