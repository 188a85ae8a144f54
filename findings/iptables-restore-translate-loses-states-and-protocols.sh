#!/usr/bin/env bash
# iptables 1.8.9: `iptables-restore-translate` ends with status 0 and says nothing, but
# - of `! --ctstate RELATED,ESTABLISHED,DNAT` only `ct status dnat` is left: the negation and two states are gone, and the rule
#   drops what it let through before, and the other way round;
# - `-p tcp -m tcp` loses the protocol: the ACCEPT takes all packets, and nft refuses the DNAT, a port without a protocol.
# Needs Debian 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Debian 12: the package and what it is linked with, unpacked in a folder of its own.
apt-get download -qq iptables=1.8.9-2 libxtables12=1.8.9-2 libnftnl11=1.2.4-2 libip4tc2=1.8.9-2 libip6tc2=1.8.9-2 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
library="$folder/root/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH="$library" XTABLES_LIBDIR="$library/xtables" PATH="$folder/root/usr/sbin:$PATH"
cat >rules <<END
*filter
:INPUT ACCEPT [0:0]
-A INPUT -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A INPUT -p tcp -m tcp -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m tcp -j DNAT --to-destination 10.0.0.1:80
COMMIT
END
xtables-nft-multi iptables-restore-translate -f rules >translated
seen="status $?
$(grep "^add rule" translated)"
wanted="status 0
add rule ip filter INPUT ct status dnat counter drop
add rule ip filter INPUT counter accept
add rule ip nat PREROUTING counter dnat to 10.0.0.1:80"
if [ "$seen" != "$wanted" ]; then
  printf "what was seen has changed:\n%s\n" "$seen"
  exit 1
fi
printf "%s\n" "$seen"
