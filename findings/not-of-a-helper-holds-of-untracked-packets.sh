#!/usr/bin/env bash
# Linux 6.18, iptables 1.8.9, nft 1.0.6: of a packet that connection tracking has no entry for, `-m helper ! --helper ftp` holds and so does
# `-m connlabel ! --label 1`, where `-m connmark ! --mark 1` does not, nor nft's `ct helper != "ftp"` and `ct mark != 1`, which look like the same
# questions. A rule for all but the connections of a helper takes untracked packets, and none of them once it is written in nft.
# Needs root (a network namespace of its own) and Debian 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Debian 12: the packages and what they are linked with, unpacked in a folder of their own.
apt-get download -qq iptables=1.8.9-2 libxtables12=1.8.9-2 libnftnl11=1.2.4-2 libip4tc2=1.8.9-2 libip6tc2=1.8.9-2 nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 libjansson4=2.14-2 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
library="$folder/root/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH="$library" XTABLES_LIBDIR="$library/xtables" PATH="$folder/root/usr/sbin:$PATH"
cat >rules.save <<'END'
*raw
-A OUTPUT -j NOTRACK
-A PREROUTING -j NOTRACK
COMMIT
*filter
:helper - [0:0]
:label - [0:0]
:mark - [0:0]
-A INPUT -p udp -m helper ! --helper ftp -j helper
-A INPUT -p udp -m connlabel ! --label 1 -j label
-A INPUT -p udp -m connmark ! --mark 1 -j mark
COMMIT
END
cat >rules.nft <<'END'
table ip t {
  chain input {
    type filter hook input priority 10
    meta l4proto udp ct helper != "ftp" counter comment "helper"
    meta l4proto udp ct mark != 1 counter comment "mark"
  }
}
END
seen=$(unshare -n bash -euc '
  ip link set lo up
  xtables-nft-multi iptables-restore <rules.save 2>errors
  nft -f rules.nft
  echo x >/dev/udp/127.0.0.1/9
  xtables-nft-multi iptables-save -c -t filter | sed -n "s/^\[\([0-9]*\):.*-A INPUT -p udp -m \(\w*\).*/iptables \2: \1/p"
  nft list chain ip t input | sed -n "s/^.*packets \([0-9]*\) .*comment \"\(\w*\)\"/nft \2: \1/p"
')
wanted="iptables helper: 1
iptables connlabel: 1
iptables connmark: 0
nft helper: 0
nft mark: 0"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
