#!/usr/bin/env bash
# nft 1.0.6: elements that a file deletes from a set of intervals stay, without an error, where the same file declares the set with its
# elements and this is the first command for them. The second such command deletes; so does the first where something was added before
# it, and where the elements are no intervals.
# Needs root (a network namespace of its own) and Debian 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Debian 12: the package and what it is linked with, unpacked in a folder of its own.
apt-get download -qq nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 libnftnl11=1.2.4-2 libxtables12=1.8.9-2 libjansson4=2.14-2 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH="$folder/root/usr/lib/$(uname -m)-linux-gnu" PATH="$folder/root/usr/sbin:$PATH"
nft --version

# What a set of addresses holds after the file that declares it with two elements, and goes on as said.
holds() { # flags commands
  { printf 'table ip t {\nset s {\ntype ipv4_addr\n%s\nelements = { 10.0.0.1, 10.0.0.2 }\n}\n}\n%s\n' "$1" "$2"; } >file
  unshare -n bash -euc 'nft -f file; nft list set ip t s' | sed -n 's/.*elements = //p'
}
delete='delete element ip t s { 10.0.0.2 }'
seen=$(
  echo "single values: $(holds '' "$delete")"
  echo "intervals: $(holds 'flags interval' "$delete")"
  echo "intervals, told twice: $(holds 'flags interval' "$delete
$delete")"
  echo "intervals, after an addition: $(holds 'flags interval' "add element ip t s { 10.0.0.9 }
$delete")"
)
wanted='single values: { 10.0.0.1 }
intervals: { 10.0.0.1, 10.0.0.2 }
intervals, told twice: { 10.0.0.1 }
intervals, after an addition: { 10.0.0.1, 10.0.0.9 }'
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
