#!/usr/bin/env python3
"""Asks the Linux kernel what it does to packets under a rule set. One JSON request a line, one JSON answer a line.

    [outside] u0 ===== eth0 [node: the rules are here] cni0 ===== p0 [pods]

Three network namespaces that end with this process. Needs root. Packets are written raw into u0 and p0, or sent by a
raw socket of the node; what comes out is read from u0 and p0, and what passed INPUT from a log at its very end, which
then drops it, so that the node's stack does not answer.

Request:  {"family": "ipv4|ipv6", "backend": "nft|legacy|nftables", "rules": text,
           "sequence": whether packets are remembered and sent strictly one by one,
           "packets": [{"proto": number, "src", "sport", "dst", "dport", "from": "external|pod|host", "flags": bits}]}
Answer:   {"outcomes": [{"verdict", "delivered", "src", "sport", "dst", "dport", "with", "copy"}]} or {"refused": message}
"""
import ctypes, json, os, re, select, socket, struct, subprocess, sys, time

CLONE_NEWNET = 0x40000000
BARRIER = 0x88B6                       # an EtherType for local experiments
GROUP = 41                             # of the log
MAGIC = b"kbnt"
MAC = {name: bytes((2, 0, 0, 0, 1, number)) for number, name in enumerate(("eth0", "u0", "cni0", "p0"), 1)}
NODE = {
    "ipv4": dict(addresses=["192.168.0.2/24", "192.168.0.3/24"], pod="10.180.0.1/24", cluster="10.180.0.0/16", gateway="192.168.0.1"),
    "ipv6": dict(addresses=["fd00:192::2/64", "fd00:192::3/64"], pod="fd00:10:180::1/64", cluster="fd00:10::/32", gateway="fd00:192::1"),
}
ERRORS = {
    "ipv4": {(3, 0): "icmp-net-unreachable", (3, 1): "icmp-host-unreachable", (3, 2): "icmp-proto-unreachable",
             (3, 3): "icmp-port-unreachable", (3, 9): "icmp-net-prohibited", (3, 10): "icmp-host-prohibited",
             (3, 13): "icmp-admin-prohibited", (11, 0): "icmp-time-exceeded"},
    "ipv6": {(1, 0): "icmp6-no-route", (1, 1): "icmp6-adm-prohibited", (1, 2): "icmp6-beyond-scope",
             (1, 3): "icmp6-addr-unreachable", (1, 4): "icmp6-port-unreachable", (1, 5): "icmp6-policy-fail",
             (1, 6): "icmp6-reject-route", (3, 0): "icmp6-time-exceeded"},
}
libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def new_namespace():
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    return os.open("/proc/self/ns/net", os.O_RDONLY)


def sysctl(name, value):
    with open("/proc/sys/" + name.replace(".", "/"), "w") as file:
        file.write(str(value))


# ---------------------------------------------------------------- netlink

def netlink():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
    sock.bind((0, 0))
    return sock


def attribute(kind, data):
    return struct.pack("=HH", len(data) + 4, kind) + data + b"\0" * (-len(data) % 4)


def request(sock, kind, body, family=0, resource=0):
    body = struct.pack("!BBH", family, 0, resource) + body
    sock.send(struct.pack("=IHHII", len(body) + 16, kind, 5, 1, 0) + body)
    answer = sock.recv(65535)
    if struct.unpack_from("=H", answer, 4)[0] == 2 and struct.unpack_from("=i", answer, 16)[0]:
        raise RuntimeError(f"netlink request {kind:#x} was refused")


def payloads(data):
    """The packets in messages of the log."""
    at = 0
    while at + 16 <= len(data):
        length, kind = struct.unpack_from("=IH", data, at)
        inner = at + 20
        while kind == 0x400 and inner + 4 <= at + length:
            size, name = struct.unpack_from("=HH", data, inner)
            if name & 0x3FFF == 9:
                yield data[inner + 4:inner + size]
            inner += max(4, size + 3 & ~3)
        at += max(16, length + 3 & ~3)


# ---------------------------------------------------------------- packets

def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return struct.pack("<I", crc ^ 0xFFFFFFFF)


def transport(v6, proto, sport, dport, tag, flags):
    """The transport header with a zero checksum, and where the checksum belongs. `tag` is where NAT does not touch it."""
    if proto == 6:
        return struct.pack("!HHIIBBHHH", sport, dport, tag, tag if flags & 16 else 0, 0x50, flags, 64240, 0, 0), 16
    if proto == 17:
        return struct.pack("!HHHH", sport, dport, 16, 0) + MAGIC + struct.pack("!I", tag), 6
    if proto == 132:
        return struct.pack("!HHIIBBHIIHHI", sport, dport, 0, 0, 1, 0, 20, tag, 65535, 1, 1, 1), None
    return struct.pack("!BBHHH", 128 if v6 else 8, 0, 0, sport, 1) + MAGIC + struct.pack("!I", tag), 2


def build(v6, packet, tag):
    family = socket.AF_INET6 if v6 else socket.AF_INET
    src, dst = (socket.inet_pton(family, packet[key]) for key in ("src", "dst"))
    proto = packet["proto"]
    body, at = transport(v6, proto, packet.get("sport") or 0, packet.get("dport") or 0, tag, packet.get("flags", 2))
    if at is None:
        body = body[:8] + crc32c(body) + body[12:]
    else:
        pseudo = b"" if proto == 1 else src + dst + struct.pack("!IHH", len(body), 0, proto)
        value = checksum(pseudo + body) or 0xFFFF
        body = body[:at] + struct.pack("!H", value) + body[at + 2:]
    if v6:
        return struct.pack("!IHBB", 0x60000000, len(body), proto, 64) + src + dst + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), tag & 0xFFFF or 1, 0x4000, 64, proto, 0) + src + dst
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def parse(data, quoted=False):
    """{tag, kind, src, sport, dst, dport} of a packet of ours, or of an error about one. None for anything else."""
    try:
        v6 = data[0] >> 4 == 6
        if v6:
            proto, src, dst, body = data[6], data[8:24], data[24:40], data[40:]
        else:
            proto, src, dst, body = data[9], data[12:16], data[16:20], data[(data[0] & 15) * 4:]
        return parse_body(v6, proto, src, dst, body, quoted)
    except (struct.error, IndexError):
        return None


def parse_body(v6, proto, src, dst, body, quoted=False):
    def found(tag, kind, sport, dport):
        name = (lambda a: socket.inet_ntop(socket.AF_INET6 if v6 else socket.AF_INET, a))
        return {"tag": tag, "kind": kind, "src": name(src), "sport": sport, "dst": name(dst), "dport": dport}
    if proto == 6:
        sport, dport, seq, ack = struct.unpack_from("!HHII", body)
        if body[13] & 4 and struct.unpack_from("!H", body, 14)[0] == 0:    # a reset, and none of ours
            return None if quoted else found((ack - 1) & 0xFFFFFFFF if body[13] & 16 else seq, "tcp-reset", sport, dport)
        return found(seq, "packet", sport, dport)
    if proto == 17 and body[8:12] == MAGIC:
        return found(struct.unpack_from("!I", body, 12)[0], "packet", *struct.unpack_from("!HH", body))
    if proto == 132 and body[12] == 1:
        return found(struct.unpack_from("!I", body, 16)[0], "packet", *struct.unpack_from("!HH", body))
    if proto in (1, 58):
        if body[0] in (8, 128) and body[8:12] == MAGIC:
            return found(struct.unpack_from("!I", body, 12)[0], "packet", None, None)
        if not quoted and body[0] in (1, 3):
            inner = parse(body[8:], True)
            return inner and {**inner, "kind": ERRORS["ipv6" if v6 else "ipv4"].get((body[0], body[1]), "icmp-error")}
    return None


# ---------------------------------------------------------------- the node

class Node:
    def __init__(self, family):
        self.family, self.v6 = family, family == "ipv6"
        self.af = socket.AF_INET6 if self.v6 else socket.AF_INET
        self.tag = int.from_bytes(os.urandom(3), "big") << 4
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            self.ns = {name: new_namespace() for name in ("outside", "pods", "node")}
            self.connect()
            self.open_sockets()
        finally:
            enter(home)
        self.count = 0
        for attempt in range(100):     # links need a moment until they carry
            if self.barrier(0.05 if attempt < 99 else 3):
                return
        raise RuntimeError("the links do not come up")

    def run(self, command, text=None, namespace="node", check=True):
        done = subprocess.run(command, input=text, capture_output=True, text=True, pass_fds=[self.ns[namespace]],
                              preexec_fn=lambda: enter(self.ns[namespace]),
                              env={**os.environ, "XTABLES_LOCKFILE": f"/tmp/xtables.{os.getpid()}.lock"})
        if check and done.returncode:
            raise RuntimeError((done.stderr or done.stdout).strip())
        return done.stdout

    def connect(self):
        node, nodad = NODE[self.family], " nodad" if self.v6 else ""
        for name in ("outside", "pods"):
            enter(self.ns[name])
            sysctl("net.ipv6.conf.default.disable_ipv6", 1)
        enter(self.ns["node"])
        for name in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding", "net.ipv4.conf.all.route_localnet"):
            sysctl(name, 1)
        for name in ("icmp_ratelimit", "icmp_ratemask", "conf.all.rp_filter", "conf.default.rp_filter",
                     "conf.all.send_redirects", "conf.default.send_redirects"):
            sysctl("net.ipv4." + name, 0)
        # Types without a limit are not held against the one of all ICMP together either (icmpv6_mask_allow).
        sysctl("net.ipv6.icmp.ratemask", "0")
        sysctl("net.ipv6.icmp.ratelimit", 0)
        # The node says nothing by itself that rules could count: no link-local addresses to defend, groups reported at once.
        for name, value in (("addr_gen_mode", 1), ("dad_transmits", 0), ("router_solicitations", 0), ("accept_ra", 0),
                            ("mldv1_unsolicited_report_interval", 1), ("mldv2_unsolicited_report_interval", 1)):
            sysctl("net.ipv6.conf.default." + name, value)
        lines = []
        for here, there, namespace in (("eth0", "u0", "outside"), ("cni0", "p0", "pods")):
            lines += [f"link add {here} address {MAC[here].hex(':')} type veth peer name {there} address {MAC[there].hex(':')}",
                      f"link set {there} netns /proc/self/fd/{self.ns[namespace]}", f"link set {here} arp off", f"link set {here} up"]
        lines += ["link set lo up"] + [f"addr add {address} dev eth0{nodad}" for address in node["addresses"]]
        lines += [f"addr add {node['pod']} dev cni0{nodad}", f"route add default via {node['gateway']} dev eth0",
                  f"route add {node['cluster']} via {node['gateway']} dev eth0"]
        batch = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", capture_output=True, text=True,
                               pass_fds=list(self.ns.values()))
        if batch.returncode:
            raise RuntimeError(batch.stderr)
        for namespace, device in (("outside", "u0"), ("pods", "p0")):
            self.run(["ip", "link", "set", device, "up"], namespace=namespace)

    def open_sockets(self):
        self.wires = {"uplink": self.wire("outside", "u0", 3), "pod": self.wire("pods", "p0", 3)}
        self.ends = {"uplink": self.wire("node", "eth0", BARRIER), "pod": self.wire("node", "cni0", BARRIER)}
        enter(self.ns["node"])
        self.sender = socket.socket(self.af, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.tracker = netlink()
        self.log = netlink()
        request(self.log, 0x401, attribute(1, b"\1"), self.af, GROUP)                              # bind to the group
        request(self.log, 0x401, attribute(2, struct.pack("!IBB", 200, 2, 0)), self.af, GROUP)     # 200 bytes of each
        request(self.log, 0x401, attribute(5, struct.pack("!I", 1)), self.af, GROUP)               # at once
        self.log.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
        self.log.setblocking(False)

    def wire(self, namespace, device, protocol):
        enter(self.ns[namespace])
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        wire.setsockopt(263, 23, 1)    # PACKET_IGNORE_OUTGOING
        wire.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
        wire.bind((device, protocol))
        wire.setblocking(False)
        return wire

    # ------------------------------------------------------------ rules

    def load(self, backend, rules, sets):
        tool = ("ip6tables-" if self.v6 else "iptables-") + backend
        self.run(["nft", "flush", "ruleset"])
        self.run([("ip6tables-" if self.v6 else "iptables-") + "legacy-restore"], EMPTY)
        saved = None
        if sets is not None:
            self.destroy_sets()
            self.run(["ipset", "-exist", "restore"], sets)
            saved = self.run(["ipset", "save"])
        self.run(["nft", "-f", "-"] if backend == "nftables" else [tool + "-restore"], rules)
        # Connection tracking runs on a node whether or not these rules ask for it.
        family = "ip6" if self.v6 else "ip"
        self.run(["nft", "-f", "-"], f"table {family} observer {{\nchain tracking {{ ct state new; }}\nchain arrived {{ "
                 f"type filter hook input priority 10000; log group {GROUP} snaplen 200; drop; }}\n}}\n")
        self.forget()
        return saved

    def destroy_sets(self):
        """Flushed, because lists hold their sets; in a loop, because the kernel lets go some time after rules are gone."""
        for attempt in range(100):
            if not self.run(["ipset", "list", "-n"]):
                return
            self.run(["ipset", "flush"])
            self.run(["ipset", "destroy"], check=attempt == 99)
            time.sleep(0.02)

    # ------------------------------------------------------------ packets

    def forget(self):
        request(self.tracker, 0x102, b"")                  # every known flow

    def send(self, packets, sequence):
        outcomes, tags = [{"verdict": "drop"} for _ in packets], {}
        for index, packet in enumerate(packets):
            if not sequence:
                self.forget()
            # Sixteen apart: a reset acknowledges the number after the packet's, or the one after that.
            self.tag = (self.tag + 16) & 0x7FFFFFFF
            tags[self.tag >> 4] = index
            self.inject(packet, build(self.v6, packet, self.tag))
            if sequence or index % 200 == 199 or index == len(packets) - 1:
                self.read(outcomes, tags)
        return outcomes

    def read(self, outcomes, tags):
        for where, seen in self.collect():
            index = tags.get(seen["tag"] + 4 >> 4)
            if index is None:
                continue
            if seen["kind"] == "packet":
                seen = {key: seen[key] for key in ("src", "sport", "dst", "dport")}
                # Of what it sends to many, the node keeps a copy.
                if where == "local" and outcomes[index].get("delivered") in ("uplink", "pod"):
                    outcomes[index]["copy"] = True
                else:
                    outcomes[index] = {"verdict": "accept", "delivered": where, **seen}
            elif outcomes[index]["verdict"] == "drop":
                outcomes[index] = {"verdict": "reject", "with": seen["kind"]}

    def inject(self, packet, data):
        if packet["from"] == "host":
            try:
                self.sender.sendto(data, (packet["dst"], 0))
            except OSError:            # what OUTPUT drops, the sender is told
                pass
            return
        side, here, there = ("uplink", "eth0", "u0") if packet["from"] == "external" else ("pod", "cni0", "p0")
        self.wires[side].send(MAC[here] + MAC[there] + (b"\x86\xdd" if self.v6 else b"\x08\x00") + data)

    def collect(self):
        self.frames = {"uplink": [], "pod": []}
        if not self.barrier(5):
            raise RuntimeError("a barrier was lost")
        for side, frames in self.frames.items():
            for frame in frames:
                seen = parse(frame[14:])
                if seen:
                    yield side, seen
        for data in self.logged():
            seen = parse(data)
            if seen:
                yield "local", seen

    def logged(self):
        while True:
            try:
                yield from payloads(self.log.recv(65535))
            except BlockingIOError:
                return

    def barrier(self, timeout):
        """True once all that was sent before has gone all the way: frames of one CPU do not overtake each other."""
        self.frames = getattr(self, "frames", {"uplink": [], "pod": []})
        for hop in range(6):
            sources, sinks = (self.wires, self.ends) if hop % 2 == 0 else (self.ends, self.wires)
            names = (("eth0", "cni0"), ("u0", "p0"))[hop % 2]
            self.count += 1
            mark = struct.pack("!HQ", BARRIER, self.count)
            for name, side in zip(names, ("uplink", "pod")):
                sources[side].send(MAC[name] + MAC["u0"] + mark + b"\0" * 40)
            for side in ("uplink", "pod"):
                if not self.await_mark(sinks, side, mark, time.monotonic() + timeout):
                    return False
        return True

    def await_mark(self, sinks, side, mark, end):
        while True:
            try:
                frame = sinks[side].recv(65535)
            except BlockingIOError:
                if time.monotonic() > end:
                    return False
                select.select([sinks[side]], [], [], 0.02)
                continue
            if frame[12:22] == mark:
                return True
            if sinks is self.wires:
                self.frames[side].append(frame)


EMPTY = "".join(f"*{table}\n" + "".join(f":{chain} ACCEPT [0:0]\n" for chain in chains.split()) + "COMMIT\n" for table, chains in (
    ("raw", "PREROUTING OUTPUT"), ("mangle", "PREROUTING INPUT FORWARD OUTPUT POSTROUTING"),
    ("nat", "PREROUTING INPUT OUTPUT POSTROUTING"), ("filter", "INPUT FORWARD OUTPUT")))


def main():
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
    nodes = {}
    for line in sys.stdin:
        question = json.loads(line)
        family = question["family"]
        try:
            node = nodes.get(family) or nodes.setdefault(family, Node(family))
            saved = node.load(question["backend"], question["rules"], question.get("sets"))
            answer = {"outcomes": node.send(question["packets"], question["sequence"]), "sets": saved}
        except RuntimeError as error:
            answer = {"refused": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
