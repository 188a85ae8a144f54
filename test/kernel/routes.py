"""Makes nodes with any routing, asks the kernel where packets would go (`ip route get`), and prints both, one node in JSON on a line.

usage: routes.py SEED NODES [ipv4|ipv6]. Each node is a network namespace of its own; nothing is sent.
"""
import ipaddress, json, os, random, subprocess, sys

FAMILIES = {
    "ipv4": {
        "addresses": {"eth0": ["192.168.0.2/24"], "eth1": ["192.168.1.2/24", "192.168.1.3/24"], "cni0": ["10.180.0.1/24"], "eth2": []},
        "prefixes": ["default", "10.0.0.0/8", "10.180.5.0/24", "203.0.113.0/24", "203.0.113.7", "198.51.100.0/24", "192.168.0.128/25", "192.168.1.0/24", "0.0.0.0/1"],
        "gateways": {"eth0": ["192.168.0.1", "192.168.0.9"], "eth1": ["192.168.1.1"], "cni0": ["10.180.0.9"], "eth2": []},
        "onlink": "172.16.9.9",
        "sources": ["10.180.0.5", "10.180.0.6", "10.180.5.5", "192.168.0.77", "192.168.0.200", "192.168.1.9", "198.51.100.7", "203.0.113.7", "127.0.0.1", "127.0.0.9", "192.168.0.2", "10.180.0.1", "224.0.0.9", "0.0.0.0"],
        "destinations": ["203.0.113.7", "203.0.113.8", "198.51.100.9", "10.180.0.5", "10.180.5.5", "10.9.9.9", "192.168.0.2", "192.168.0.200", "192.168.0.77", "192.168.1.9", "192.168.1.255", "192.168.1.3", "10.180.0.1", "8.8.8.8", "200.1.1.1", "127.0.0.1"],
        "local": "10.77.0.0/16", "in_local": "10.77.1.1",
    },
    "ipv6": {
        "addresses": {"eth0": ["fd00:0:0:1::2/64"], "eth1": ["fd00:0:0:2::2/64", "fd00:0:0:2::3/64"], "cni0": ["fd00:10:180::1/64"], "eth2": []},
        "prefixes": ["default", "fd00:10::/32", "fd00:10:180:5::/64", "2001:db8:113::/48", "2001:db8:113::7", "2001:db8:100::/48", "fd00:0:0:1:8000::/65", "2000::/3"],
        "gateways": {"eth0": ["fd00:0:0:1::1", "fd00:0:0:1::9"], "eth1": ["fd00:0:0:2::1"], "cni0": ["fd00:10:180::9"], "eth2": []},
        "onlink": "fd00:99::9",
        "sources": ["fd00:10:180::5", "fd00:10:180::6", "fd00:10:180:5::5", "fd00:0:0:1::77", "fd00:0:0:1:8000::7", "fd00:0:0:2::9", "2001:db8:100::7", "2001:db8:113::7", "fd00:0:0:1::2"],
        "destinations": ["2001:db8:113::7", "2001:db8:113::8", "2001:db8:100::9", "fd00:10:180::5", "fd00:10:180:5::5", "fd00:10:9::9", "fd00:0:0:1::2", "fd00:0:0:1:8000::7", "fd00:0:0:1::77", "fd00:0:0:2::9", "fd00:0:0:2::3", "fd00:10:180::1", "2400::8", "fd00:0:0:2::"],
        "local": "fd00:77::/32", "in_local": "fd00:77::1",
    },
}
LINKS = ["eth0", "eth1", "cni0", "eth2"]
TABLES = ["100", "101", "102"]


class Node:
    def __init__(self, family):
        self.family, self.flag = family, "-4" if family == "ipv4" else "-6"
        self.known = FAMILIES[family]
        self.name = f"kr{os.getpid()}"

    def run(self, *words, text=None, check=True):
        done = subprocess.run(["ip", "-n", self.name, *words], input=text, capture_output=True, text=True)
        if check and done.returncode:
            raise RuntimeError(f"{words}: {done.stderr}")
        return done

    def make(self):
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        lines = ["link set lo up"]
        for index, link in enumerate(LINKS):
            lines += [f"link add {link} type veth peer name p{index}", f"link set p{index} up"]
            lines += [f"link set {link} up"]
        for link, addresses in self.known["addresses"].items():
            nodad = " nodad" if self.family == "ipv6" else ""
            lines += [f"addr add {address} dev {link}{nodad}" for address in addresses]
        self.run("-batch", "-", text="\n".join(lines))

    def destroy(self):
        subprocess.run(["ip", "netns", "delete", self.name])

    def set(self, values):
        pairs = [f"{name}={value}" for name, value in values.items()]
        subprocess.run(["ip", "netns", "exec", self.name, "sysctl", "-qw", *pairs], check=True)


def sysctls(family):
    if family == "ipv6":
        return {"net.ipv6.conf.all.forwarding": 1}
    # As kernels have it.
    values = {"net.ipv4.ip_forward": random.choice([1, 1, 1, 0]), "net.ipv4.conf.all.send_redirects": 1}
    for link in ["all", *LINKS]:
        own = f"net.ipv4.conf.{link}"
        values[f"{own}.rp_filter"] = random.choice([0, 0, 0, 1, 2])
        values[f"{own}.accept_local"] = random.choice([0, 0, 0, 1])
        values[f"{own}.route_localnet"] = random.choice([0, 0, 1])
        values[f"{own}.src_valid_mark"] = random.choice([0, 0, 1])
        if link != "all" and random.random() < 0.2:
            values[f"{own}.forwarding"] = random.choice([0, 1])
    return values


def hop(known, weighted=False):
    link = random.choice(LINKS[:3] if random.random() < 0.9 else LINKS)
    gateways = known["gateways"][link]
    weight = f" weight {random.randint(1, 3)}" if weighted else ""
    if random.random() < 0.1:
        return f"via {known['onlink']} dev {link}{weight} onlink"
    if gateways and random.random() < 0.8:
        return f"via {random.choice(gateways)} dev {link}{weight}"
    return f"dev {link}{weight}"


def route(family, known):
    prefix = random.choice(known["prefixes"])
    table = random.choice([*TABLES, *TABLES, "main"])
    kind = random.random()
    extra = f" table {table}"
    if random.random() < 0.3:
        extra += f" metric {random.choice([10, 50, 2000])}"
    if family == "ipv4" and random.random() < 0.05:
        extra += " tos 0x10"
    if kind < 0.25:
        return f"route add {random.choice(['throw', 'unreachable', 'blackhole', 'prohibit'])} {prefix}{extra}"
    if kind < 0.3:
        return f"route add local {known['local']} dev lo{extra}"
    if kind < 0.45:
        return f"route add {prefix}{extra} " + " ".join("nexthop " + hop(known, True) for _ in range(random.randint(2, 3)))
    src = ""
    if random.random() < 0.2:
        src = " src " + random.choice([a for own in known["addresses"].values() for a in own]).split("/")[0]
    return f"route add {prefix} {hop(known)}{src}{extra}"


def rule(known, number):
    words = []
    if random.random() < 0.4:
        words.append("from " + random.choice([*known["sources"][:8], known["prefixes"][1]]))
    if random.random() < 0.25:
        words.append("to " + random.choice([*known["destinations"][:5], *known["prefixes"][1:4]]))
    if random.random() < 0.4:
        words.append(random.choice(["fwmark 1", "fwmark 0x1/0x1", "fwmark 2/3", "fwmark 0/2"]))
    if random.random() < 0.25:
        words.append("iif " + random.choice([*LINKS, "lo", "nope"]))
    if random.random() < 0.1:
        words.append("oif " + random.choice(LINKS))
    if random.random() < 0.15:
        words.append("uidrange " + random.choice(["0-0", "1000-2000", "0-4294967294"]))
    if random.random() < 0.1:
        words.append("tos 0x10")
    if random.random() < 0.2:
        words.append(random.choice(["ipproto tcp", "ipproto udp", "ipproto tcp dport 80", "ipproto udp sport 1000-2000", "ipproto tcp dport 1-1023"]))
    invert = "not " if words and random.random() < 0.12 else ""
    priority = random.choice([number * 10 + 100, number * 10 + 100, 32766 + number])
    action = random.random()
    if action < 0.1:
        act = "type " + random.choice(["unreachable", "blackhole", "prohibit"])
    elif action < 0.17:
        act = f"goto {random.choice([150, 200, 32766])}"
    else:
        act = "lookup " + random.choice([*TABLES, *TABLES, "main", "local"])
        if random.random() < 0.2:
            act += f" suppress_prefixlength {random.choice([0, 8, 24])}"
    return f"rule add {invert}{' '.join(words)} priority {priority} {act}".replace("  ", " ")


def question(family, known):
    proto = random.choice(["tcp", "udp"])
    asked = {"dst": random.choice([*known["destinations"], known["in_local"]]), "mark": random.choice([0, 0, 1, 2, 3]),
             "proto": proto, "sport": random.choice([1500, 40000]), "dport": random.choice([80, 8080])}
    if random.random() < 0.75:
        return {**asked, "src": random.choice(known["sources"]), "iif": random.choice(LINKS)}
    own = [a.split("/")[0] for all_ in known["addresses"].values() for a in all_]
    return {**asked, "src": random.choice(own), "uid": random.choice([0, 1500, None])}


def ask(node, asked):
    words = ["-j", node.flag, "route", "get", asked["dst"], "from", asked["src"]]
    if "iif" in asked:
        words += ["iif", asked["iif"]]
    words += ["mark", str(asked["mark"]), "ipproto", asked["proto"], "sport", str(asked["sport"]), "dport", str(asked["dport"])]
    # Of what is forwarded, which counts as root's, the question of IPv6 names no user by itself.
    uid = 0 if "iif" in asked else asked.get("uid")
    if uid is not None:
        words += ["uid", str(uid)]
    done = node.run(*words, check=False)
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1].replace("RTNETLINK answers: ", "")}
    return json.loads(done.stdout)[0]


def listed(node, *words):
    return json.loads(node.run("-j", *words).stdout or "[]")


def one(family):
    node = Node(family)
    node.make()
    try:
        values = sysctls(family)
        node.set(values)
        known = node.known
        for _ in range(random.randint(3, 9)):
            node.run(node.flag, *route(family, known).split(), check=False)
        for number in range(random.randint(0, 5)):
            node.run(node.flag, *rule(known, number).split(), check=False)
        asked = [question(family, known) for _ in range(24)]
        answers = [{**each, "answer": ask(node, each)} for each in asked]
        return {"family": family, "addr": listed(node, "addr"), "route": listed(node, node.flag, "route", "show", "table", "all"),
                "rule": listed(node, node.flag, "rule"), "sysctls": values, "questions": answers}
    finally:
        node.destroy()


def main():
    seed, nodes = int(sys.argv[1]), int(sys.argv[2])
    for number in range(seed, seed + nodes):
        random.seed(number)
        family = sys.argv[3] if len(sys.argv) > 3 else ["ipv4", "ipv6"][number % 2]
        print(json.dumps({"seed": number, **one(family)}), flush=True)


if __name__ == "__main__":
    main()
