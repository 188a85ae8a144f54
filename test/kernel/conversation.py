#!/usr/bin/env python3
"""Asks the Linux kernel what becomes of packets that belong together. One JSON request a line, one JSON answer a line.

The node is that of instrument.py, but what passes INPUT is dropped only after connection tracking has kept it. Packets go one at
a time, so whatever comes out is of the last one. Sequence numbers are those of two hosts that behave.

Request:  {"family", "backend", "rules", "sysctls": {name: value}, "polite": whether hosts send TCP as they do, "steps": [step]}
  step:   {"do": "packet", "proto", "src", "sport", "dst", "dport", "from", "flags", "type", "code", "flow"}
          {"do": "answer"|"again", "of": step, "flags"}     the way back of what left, or the same way once more
          {"do": "error", "of": step, "src", "type", "code"}  an ICMP error about what left, to where that came from
          {"do": "wait", "seconds"}                            every entry has so much less left
          {"do": "sleep", "seconds"}                           the same by the clock
Answer:   {"steps": [{"sent": packet or null, "outcome": {…}, "entries": [{…}], "at": seconds by the clock}]} or {"refused": message}
"""
import json, os, random, re, socket, struct, sys, time

from instrument import (BARRIER, EMPTY, ERRORS, GROUP, MAC, Node, attribute, checksum, crc32c, enter, netlink, payloads, request,
                        sysctl)

STATES = "NO SS SR ES FW CW LA TW CL S2".split()
ICMP = (1, 58)
DATA = b"conversation"
ANSWERS = {8: 0, 13: 14, 15: 16, 17: 18, 128: 129, 139: 140, 0: 8, 14: 13, 16: 15, 18: 17, 129: 128, 140: 139}


class Talker(Node):
    """A node that keeps what it delivers to itself."""

    def __init__(self, family):
        super().__init__(family)
        self.table = "ip6" if self.v6 else "ip"
        # Registered before connection tracking is switched on, so that of two hooks of the last priority this one runs last.
        self.run(["nft", "-f", "-"], f"table {self.table} arrived {{\nchain arrived {{ type filter hook input priority 2147483647; "
                 f"log group {GROUP} snaplen 200; drop; }}\n}}\n")
        self.defaults = {}
        self.known = {}
        self.loaded = None
        enter(self.ns["node"])
        # Which entries there are: to list them the kernel looks through the table of the whole machine, 10 ms each time.
        self.news = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.news.bind((0, 1 | 4))         # new ones, and those that are gone
        self.news.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)
        self.news.setblocking(False)

    def load(self, backend, rules, sysctls):
        """Rules that stand already are not loaded again, but where they count packets."""
        asked = (backend, rules, sysctls)
        if asked != self.loaded or re.search("--mode nth|numgen inc", rules):
            self.loaded = None
            self.replace(backend, rules, sysctls)
            self.loaded = asked
        self.forget()
        self.learn()
        self.known = {}

    def replace(self, backend, rules, sysctls):
        tool = ("ip6tables-" if self.v6 else "iptables-") + backend
        for table in re.findall(r"^table (\S+ \S+)", self.run(["nft", "list", "tables"]), re.M):
            if not table.endswith(" arrived"):
                self.run(["nft", "delete", "table", *table.split()])
        self.run([("ip6tables-" if self.v6 else "iptables-") + "legacy-restore"], EMPTY)
        self.set_all(sysctls)
        self.run(["nft", "-f", "-"] if backend == "nftables" else [tool + "-restore"], rules)
        self.run(["nft", "-f", "-"], f"table {self.table} observer {{\nchain tracking {{ ct state new; }}\n}}\n")

    def set_all(self, sysctls):
        enter(self.ns["node"])
        for name, value in {**self.defaults, **sysctls}.items():
            path = "/proc/sys/" + name.replace(".", "/")
            if name not in self.defaults:
                with open(path) as file:
                    self.defaults[name] = file.read().strip()
            sysctl(name, value)

    # ------------------------------------------------------------ entries

    def dump(self):
        """Every entry: its attributes, as the kernel gives them."""
        self.learn()
        found = {key: self.look_up(key) for key in self.known}
        self.known = {key: one for key, one in found.items() if one}
        return list(self.known.values())

    def learn(self):
        """What has come, and gone, since it was asked the last time."""
        while True:
            try:
                data = self.news.recv(1 << 20)
            except BlockingIOError:
                return
            for kind, one in messages(data):
                if kind == 0x100:
                    self.known[named(one)] = one
                elif kind == 0x102:
                    self.known.pop(named(one), None)

    def look_up(self, key):
        one = self.find(key)
        if one and named(one) != key:
            one = self.find(answered(self.known[key]))
        return one if one and named(one) == key else None

    def find(self, key):
        body = struct.pack("!BBH", self.af, 0, 0) + key
        self.tracker.send(struct.pack("=IHHII", len(body) + 16, 0x101, 1, 7, 0) + body)
        return next((one for kind, one in messages(self.tracker.recv(1 << 16)) if kind == 0x100), None)

    def entries(self):
        return [entry(one, self.v6) for one in self.dump()]

    def advance(self, seconds):
        for one in self.dump():
            left = struct.unpack("!I", one.get(7, b"\0\0\0\0"))[0] - seconds
            found = self.find(named(one))
            name = named(one) if found and named(found) == named(one) else answered(one)
            if left <= 0:
                self.ask(0x102, name)
            else:
                self.ask(0x100, name + attribute(7, struct.pack("!I", left)))

    def ask(self, kind, body):
        request(self.tracker, kind, body, self.af)

    # ------------------------------------------------------------ packets

    def converse(self, steps, polite):
        self.flows, done, begun = {}, [], time.monotonic()
        for step in steps:
            record = {"sent": None, "outcome": None, "at": time.monotonic() - begun}
            if step["do"] == "wait":
                self.advance(step["seconds"])
            elif step["do"] == "sleep":
                time.sleep(step["seconds"])
            else:
                packet = self.concrete(step, done, polite)
                if packet:
                    record["sent"] = packet
                    record["outcome"] = self.outcome(packet)
                    if record["outcome"]["verdict"] == "accept":
                        self.hear(packet)
            record["entries"] = self.entries()
            record["step"] = step
            done.append(record)
        return [{key: one[key] for key in ("sent", "outcome", "entries", "at")} for one in done]

    def concrete(self, step, done, polite):
        if step["do"] == "packet":
            packet = {key: step.get(key) for key in ("proto", "src", "sport", "dst", "dport", "from", "flags", "type", "code")}
            # Of two connections with the same ends the numbers are those of one host.
            ends = ("proto", "src", "sport", "dst", "dport", "from")
            same = [one["sent"] for one in done if one["sent"] and all(one["sent"][end] == packet[end] for end in ends)]
            flow, back = (same[-1]["flow"], same[-1]["back"]) if same else (step["flow"], step.get("back", False))
            return self.spoken(packet, flow, back, polite)
        before = done[step["of"]]
        if not before["sent"] or before["outcome"]["verdict"] != "accept":
            return None
        left, sent = before["outcome"], before["sent"]
        if step["do"] == "again":
            packet = {**{key: sent[key] for key in ("proto", "src", "sport", "dst", "dport", "from", "type", "code")}, "flags": step["flags"]}
            return self.spoken(packet, sent["flow"], sent["back"], polite)
        source = {"uplink": "external", "pod": "pod", "local": "host"}[left["delivered"]]
        if step["do"] == "answer":
            if sent["about"]:
                return None
            turned = {"src": left["dst"], "sport": left["dport"], "dst": left["src"], "dport": left["sport"]}
            if sent["proto"] in ICMP:
                if sent["type"] not in ANSWERS:
                    return None
                turned.update(sport=left["sport"], dport=None, type=ANSWERS[sent["type"]], code=sent["code"])
            packet = {"proto": sent["proto"], "from": source, "flags": step["flags"], "type": None, "code": None, **turned}
            return self.spoken(packet, sent["flow"], not sent["back"], polite)
        if source == "host" or sent["about"]:
            return None
        router = step["src"] if source == "external" else left["dst"]
        about = {"proto": sent["proto"], "seq": sent["seq"], "ack": sent["ack"], "flags": sent["flags"], "type": sent["type"], "code": sent["code"],
                 **{key: left[key] for key in ("src", "sport", "dst", "dport")}}
        return {"proto": 58 if self.v6 else 1, "src": router, "sport": None, "dst": left["src"], "dport": None, "from": source, "flags": 0,
                "type": step["type"], "code": step["code"], "flow": sent["flow"], "back": not sent["back"], "about": about, "seq": 0, "ack": 0}

    def spoken(self, packet, flow, back, polite):
        if polite and packet["proto"] == 6:
            packet["flags"] = self.manners(packet["flags"], flow, back)
            if packet["flags"] is None or not self.is_of_socket(packet, flow, back):
                return None
        return self.numbered(packet, flow, back)

    def is_of_socket(self, packet, flow, back):
        """A side speaks from one socket, to the one that it hears: what reached another host is no part of its connection."""
        mine = self.flows.setdefault(flow, [{}, {}])[back]
        ends = [packet[key] for key in ("src", "sport", "dst", "dport", "from")]
        return mine.setdefault("socket", ends) == ends

    def manners(self, flags, flow, back):
        """The flags that a host which behaves would send in place of these; None: it has nothing to say."""
        ends = self.flows.setdefault(flow, [{}, {}])
        mine, other = ends[back], ends[not back]
        over = mine.get("reset") or other.get("reset") or mine.get("fin") and other.get("fin")
        if not back:
            if "isn" not in mine or over:
                return 2
            if "SA" not in mine.get("heard", ""):
                # Who begins anew resets only what it was told of the old connection, with the number that it was told.
                return 4 if flags & 4 and not mine.get("anew") else 2
        elif over or "S" not in mine.get("heard", ""):
            return None
        elif "isn" not in mine:
            return 20 if flags & 4 else 18
        elif "A" not in mine["heard"].replace("SA", ""):
            return 18
        if mine.get("fin"):
            return 4 if flags & 4 else 16
        return flags if flags in (16, 24, 17, 20) else 16

    def hear(self, packet):
        """What the other side learns of a packet that left."""
        if packet["proto"] != 6 or packet["about"]:
            return
        mine, other = (self.flows[packet["flow"]][side] for side in (packet["back"], not packet["back"]))
        kind = {2: "S", 18: "SA", 16: "A", 24: "A", 17: "A"}.get(packet["flags"], "")
        if kind == "S" and packet["seq"] != other.get("syn"):
            other.update(heard="", syn=packet["seq"])
        other["heard"] = other.get("heard", "") + kind

    def numbered(self, packet, flow, back):
        """With numbers as a host would choose them: a SYN is repeated until the connection closes, and then it is a new one."""
        ends = self.flows.setdefault(flow, [{}, {}])
        mine, other, flags = ends[back], ends[not back], packet["flags"] or 0
        # Nobody sends data before the other side has answered.
        talks = other.get("acks") or "isn" not in mine
        reset = mine.get("reset") or other.get("reset")
        packet["data"] = len(DATA) if flags & 24 == 24 and talks and not reset else 0
        if packet["proto"] == 6:
            # What no host would send changes nothing.
            syn = flags & 3 == 2 and not (flags & 16 and "isn" not in other)
            open = talks and not reset and ("isn" in other or "isn" not in mine)
            if flags & 2 and not syn:
                seq = mine.get("isn") or mine.setdefault("next", random.randrange(1 << 20) + 100000) - 1
            elif flags & 2:
                fresh = "isn" not in mine or mine.get("closed") or other.get("closed")
                if fresh and not flags & 16:
                    mine["anew"] = "isn" in mine
                    mine.update(isn=mine.get("next", random.randrange(1 << 20)) + 100000, closed=False, reset=False, acks=False)
                    mine["next"] = mine["isn"] + 1
                    mine.pop("fin", None)
                    other.pop("fin", None)
                    mine["heard"] = ""
                    other.update(closed=False, reset=False, acks=False)
                    other.pop("isn", None)
                    other.pop("socket", None)
                elif "isn" not in mine:
                    mine.update(isn=mine.get("next", random.randrange(1 << 20)) + 100000, closed=False, reset=False, acks=False)
                    mine["next"] = mine["isn"] + 1
                seq = mine["isn"]
            else:
                seq = mine.setdefault("next", random.randrange(1 << 20) + 100000)
                if open:
                    mine["next"] = seq + packet["data"]
                if flags & 1 and flags & 16 and open:
                    if mine.get("fin"):
                        seq = mine["fin"]
                    else:
                        mine.update(fin=seq, next=seq + packet["data"] + 1)
                if flags & 4 or flags & 1 and flags & 16 and "isn" in other:
                    mine["closed"] = True
                if flags & 4:
                    mine["reset"] = True
            if flags & 16 and not flags & 4 and (syn or not flags & 2):
                mine["acks"] = True
            if flags & 2 and syn:
                mine.pop("fin", None)
            # Of a connection that begins anew only who agreed to it knows the numbers.
            if "isn" in mine or "isn" not in other or flags == 20:
                # A SYN that is agreed to is what is acknowledged, whatever came after it.
                mine["ack"] = other["isn"] + 1 if syn and "isn" in other else other.get("next", 0)
            packet.update(seq=seq, ack=mine.get("ack", 0) if flags & 16 else 0)
        else:
            packet.update(seq=0, ack=0)
        return {**packet, "flow": flow, "back": back, "about": None}

    def outcome(self, packet):
        data = self.build(packet)
        self.inject(packet, data)
        result = {"verdict": "drop"}
        for where, seen in self.heard():
            if is_same(packet, seen):
                return {"verdict": "accept", "delivered": where, **{key: seen[key] for key in ("src", "sport", "dst", "dport")},
                        "quotes": seen.get("quotes")}
            if seen["proto"] == 6 and seen["flags"] & 4:
                result = {"verdict": "reject", "with": "tcp-reset"}
            elif seen.get("quotes"):
                name = ERRORS[self.family].get((seen["type"], seen["code"]), "icmp-error")
                result = {"verdict": "reject", "with": name}
        return result

    def heard(self):
        self.frames = {"uplink": [], "pod": []}
        if not self.barrier(5):
            raise RuntimeError("a barrier was lost")
        kind = b"\x86\xdd" if self.v6 else b"\x08\x00"
        found = [(side, frame[14:]) for side, frames in self.frames.items() for frame in frames if frame[12:14] == kind]
        found += [("local", data) for data in self.logged()]
        return [(where, seen) for where, seen in ((where, read(data, self.v6)) for where, data in found) if seen]

    def build(self, packet):
        family = socket.AF_INET6 if self.v6 else socket.AF_INET
        src, dst = (socket.inet_pton(family, packet[key]) for key in ("src", "dst"))
        body, at = self.body(packet)
        if packet["proto"] == 132:
            body = body[:8] + crc32c(body) + body[12:]
        elif at is not None:
            pseudo = b"" if packet["proto"] == 1 else src + dst + struct.pack("!IHH", len(body), 0, packet["proto"])
            body = body[:at] + struct.pack("!H", checksum(pseudo + body) or 0xFFFF) + body[at + 2:]
        if self.v6:
            return struct.pack("!IHBB", 0x60000000, len(body), packet["proto"], 64) + src + dst + body
        self.tag = self.tag + 1 & 0xFFFF or 1
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), self.tag, 0x4000, 64, packet["proto"], 0) + src + dst
        return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body

    def body(self, packet):
        """The transport header with a zero checksum, and where the checksum belongs."""
        proto, sport, dport = packet["proto"], packet["sport"] or 0, packet["dport"] or 0
        if proto == 6:
            return struct.pack("!HHIIBBHHH", sport, dport, packet["seq"] & 0xFFFFFFFF, packet["ack"] & 0xFFFFFFFF, 0x50, packet["flags"], 64240, 0, 0) + DATA[:packet.get("data", 0)], 16
        if proto in (17, 136):
            return struct.pack("!HHHH", sport, dport, 16, 0) + b"conversa", 6
        if proto == 132:
            return struct.pack("!HHIIBBHIIHHI", sport, dport, 0, 0, 1, 0, 20, 1, 65535, 1, 1, 1), None
        if proto in ICMP:
            if packet.get("about"):
                inner = self.build({**packet["about"], "from": "external", "about": None})
                return struct.pack("!BBHHH", packet["type"], packet["code"], 0, 0, 1400) + inner[:64 if self.v6 else 48], 2
            return struct.pack("!BBHHH", packet["type"], packet["code"], 0, sport, 1) + b"conversa" * 2, 2
        if proto == 47:
            return struct.pack("!HH", 0, 0x0800) + b"conversa" * 2, None
        return struct.pack("!HH", sport, dport) + b"conversa" * 2, None


def is_same(packet, seen):
    if seen["proto"] != packet["proto"]:
        return False
    if seen["proto"] == 6:
        return seen["flags"] == packet["flags"] and seen["seq"] == packet["seq"] & 0xFFFFFFFF
    if seen["proto"] in ICMP:
        return (seen["type"], seen["code"]) == (packet["type"], packet["code"]) and bool(seen.get("quotes")) == bool(packet["about"])
    return True


def read(data, v6, quoted=False):
    """The parts of a packet of any kind; of an ICMP error, what it quotes."""
    try:
        name = lambda a: socket.inet_ntop(socket.AF_INET6 if v6 else socket.AF_INET, a)
        if v6:
            proto, src, dst, body = data[6], data[8:24], data[24:40], data[40:]
        else:
            proto, src, dst, body = data[9], data[12:16], data[16:20], data[(data[0] & 15) * 4:]
        seen = {"proto": proto, "src": name(src), "dst": name(dst), "sport": None, "dport": None}
        if proto in (6, 17, 132, 136, 33):
            seen["sport"], seen["dport"] = struct.unpack_from("!HH", body)
        if proto == 6:
            seen["seq"] = struct.unpack_from("!I", body, 4)[0]
            seen["flags"] = body[13] & 63 if len(body) > 13 else 0
        if proto in ICMP:
            seen["type"], seen["code"] = body[0], body[1]
            if v6 and body[0] in (133, 134, 135, 136, 143):
                return None
            is_error = body[0] < 128 if v6 else body[0] in (3, 4, 5, 11, 12)
            if is_error and not quoted:
                seen["quotes"] = read(body[8:], v6, True)
            elif not is_error:
                seen["sport"] = struct.unpack_from("!H", body, 4)[0]
        return seen
    except (struct.error, IndexError, ValueError):
        return None


def messages(data):
    """The kind of each message about an entry, and its attributes."""
    at = 0
    while at + 16 <= len(data):
        length, kind = struct.unpack_from("=IH", data, at)
        if kind in (0x100, 0x102):
            yield kind, attributes(data[at + 20:at + length])
        at += max(16, length + 3 & ~3)


def named(one):
    """By what an entry is found again: the first packet's ends, and its zone."""
    return attribute(0x8000 | 1, one[1]) + (attribute(18, one[18]) if 18 in one else b"")


def answered(one):
    """By its answer's ends: by the first packet's the kernel may find another entry, of which they are those of the answer."""
    return attribute(0x8000 | 2, one[2]) + (attribute(18, one[18]) if 18 in one else b"")


def attributes(data):
    found, at = {}, 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        if size < 4:
            break
        found[kind & 0x3FFF] = data[at + 4:at + size]
        at += size + 3 & ~3
    return found


def entry(one, v6):
    number = lambda kind: struct.unpack("!I", one[kind])[0] if kind in one else 0
    tcp = attributes(attributes(one.get(4, b"")).get(1, b""))
    return {"original": ends(one[1], v6), "reply": ends(one[2], v6), "status": number(3), "timeout": number(7), "mark": number(8),
            "zones": zones(one), "tcp": STATES[tcp[1][0]] if 1 in tcp else None}


def zones(one):
    both = struct.unpack("!H", one[18])[0] if 18 in one else 0
    own = lambda kind: attributes(one[kind]).get(3)
    return [struct.unpack("!H", own(kind))[0] if own(kind) else both for kind in (1, 2)]


def ends(data, v6):
    parts = attributes(data)
    address, proto = attributes(parts[1]), attributes(parts[2])
    name = lambda a: socket.inet_ntop(socket.AF_INET6 if v6 else socket.AF_INET, a)
    port = lambda kind: struct.unpack("!H", proto[kind])[0] if kind in proto else None
    icmp = 4 if 4 in proto else 7
    found = {"proto": proto[1][0], "src": name(address[3 if v6 else 1]), "dst": name(address[4 if v6 else 2]), "sport": port(2), "dport": port(3)}
    if icmp in proto:
        found.update(sport=port(icmp), type=proto[icmp + 1][0], code=proto[icmp + 2][0])
    return found


def main():
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})
    nodes = {}
    for line in sys.stdin:
        question = json.loads(line)
        family = question["family"]
        random.seed(line)
        try:
            node = nodes.get(family) or nodes.setdefault(family, Talker(family))
            node.load(question["backend"], question["rules"], question.get("sysctls") or {})
            answer = {"steps": node.converse(question["steps"], question.get("polite", False))}
        except RuntimeError as error:
            answer = {"refused": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
