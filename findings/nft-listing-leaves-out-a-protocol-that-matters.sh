#!/usr/bin/env bash
# nft 1.0.6: the listing leaves out a question of the protocol before one that seems to ask for it anyhow. Loaded again, two rules do
# something else. `ip6 nexthdr tcp tcp dport 80` asks for the byte in IPv6's fixed header, which is another one where there are
# extension headers; `tcp dport 80` asks for the transport protocol. `meta l4proto tcp tcp option sack-perm missing` is for TCP alone;
# `tcp option sack-perm missing` holds for UDP and ICMP, too: a ruleset that was saved drops after a reboot what it let pass.
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
  shows() { nft --debug=netlink list ruleset | grep -E "^ .*(load|cmp eq reg 1 0x00000006)" | sed "s/^ *//"; }
  nft "table ip6 t { chain c { ip6 nexthdr tcp tcp dport 80 accept; }; }"
  echo "made:"; shows
  nft list ruleset >saved; nft flush ruleset; nft -f saved
  echo "saved and loaded:"; grep accept saved | sed "s/^[[:space:]]*//"; shows
  nft flush ruleset
  nft "table inet t { chain c { meta l4proto tcp tcp option sack-perm missing drop; }; }"
  echo "made:"; shows
  nft list ruleset >saved; nft flush ruleset; nft -f saved
  echo "saved and loaded:"; grep drop saved | sed "s/^[[:space:]]*//"; shows
')
wanted=$(cat <<'SEEN'
made:
[ payload load 1b @ network header + 6 => reg 1 ]
[ cmp eq reg 1 0x00000006 ]
[ payload load 2b @ transport header + 2 => reg 1 ]
saved and loaded:
tcp dport 80 accept
[ meta load l4proto => reg 1 ]
[ cmp eq reg 1 0x00000006 ]
[ payload load 2b @ transport header + 2 => reg 1 ]
made:
[ meta load l4proto => reg 1 ]
[ cmp eq reg 1 0x00000006 ]
[ exthdr load tcpopt 1b @ 4 + 0 present => reg 1 ]
saved and loaded:
tcp option sack-perm missing drop
[ exthdr load tcpopt 1b @ 4 + 0 present => reg 1 ]
SEEN
)
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
