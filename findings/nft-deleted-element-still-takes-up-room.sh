#!/usr/bin/env bash
# nft 1.0.6, Linux 6.18: a rule that deletes an element makes no room in a full set. The element is gone at once from what the set holds and
# from what is listed, but it is counted until the kernel sweeps the set (every second, or `gc-interval`). Until then the set is empty and
# full, and what a rule adds is not kept: neither another element nor the same one.
# Needs root (a network namespace of its own).
set -euo pipefail
[ "${1:-}" = inside ] || exec unshare -n bash "$0" inside
nft --version
uname -r
ip link set lo up
nft -f - <<'RULES'
table ip t {
	set s {
		type ipv4_addr
		size 1
		flags dynamic,timeout
		gc-interval 4s
	}
	chain output {
		type filter hook output priority 0
		udp dport 9 add @s { ip daddr }
		udp dport 10 delete @s { ip daddr }
	}
}
RULES
send() { python3 -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('$1', $2))"; }
held() { nft list set ip t s | sed -n 's/.*elements = { \(.*\) }/\1/p'; }
send 127.0.0.1 9
send 127.0.0.1 10
echo "added and deleted: '$(held)'"
[ -z "$(held)" ]
send 127.0.0.2 9
echo "another one added: '$(held)'"
[ -z "$(held)" ]
sleep 10
send 127.0.0.2 9
echo "the same, ten seconds later: '$(held)'"
[ "$(held)" = 127.0.0.2 ]
