import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A pod of a test cluster. Only pods with a port have a server. */
export interface TestPod {
  readonly node: string;
  readonly address: string;
  readonly port?: number;
}

export interface TestNode {
  readonly name: string;
  readonly address: string;
  /** The pod gateway's address, `10.0.1.1`, of a /24; of IPv6, of a /64. */
  readonly podGateway: string;
  /** What `load` is given: iptables-restore, where nothing else is said. */
  readonly rules: string;
  readonly load?: readonly string[];
}

export interface Topology {
  readonly nodes: readonly TestNode[];
  readonly pods: readonly TestPod[];
  /** Of the link that the nodes share, a /24 or, of IPv6, a /64. */
  readonly gateway: string;
  /** Outside of the cluster. */
  readonly client: string;
}

export interface Call {
  readonly from: string;
  readonly address: string;
  readonly port: number;
  readonly times: number;
  /** Seconds that a call waits for its answer. */
  readonly patience: number;
}

/** A cluster of network namespaces: nodes on a switch with a gateway, pods behind their nodes, a client outside. */
export class LiveCluster {
  private readonly topology: Topology;
  private readonly prefix = `kn${process.pid}`;
  private readonly servers: ChildProcess[] = [];
  /** By the address of who is in it. */
  private readonly spaces = new Map<string, string>();
  private readonly made: string[] = [];
  /** Of the links, and of one address. */
  private readonly lengths: { readonly link: string; readonly host: string };

  constructor(topology: Topology) {
    this.topology = topology;
    const isV6 = topology.client.includes(':');
    this.lengths = isV6 ? { link: '64 nodad', host: '128 nodad' } : { link: '24', host: '32' };
  }

  async start(): Promise<void> {
    const { topology } = this;
    this.space('gateway', topology.gateway);
    this.space('client', topology.client);
    for (const { name, address } of topology.nodes) this.space(name, address);
    topology.pods.forEach(({ address }, index) => {
      this.space(`pod${index}`, address);
    });
    this.run(this.wireScript());
    for (const node of topology.nodes) this.run(this.nodeScript(node));
    for (const pod of topology.pods) this.run(this.podScript(pod));
    for (const node of topology.nodes) this.load(node);
    await Promise.all(topology.pods.filter(({ port }) => port !== undefined).map((pod) => this.serve(pod)));
  }

  /** The network outside hands what is for an address to this node. */
  routeTo(address: string, via: string): void {
    this.run(`ip -n ${this.nameOf(this.topology.gateway)} route replace ${address} via ${via}`);
  }

  /** What comes of each call: `10.0.1.2:8080 10.0.1.1` (the server, and whom it saw), timeout, refused or unreachable. */
  async call(calls: readonly Call[]): Promise<readonly (readonly string[])[]> {
    const answers: (readonly string[])[] = [];
    const callers = [...new Set(calls.map(({ from }) => from))];
    await Promise.all(
      callers.map(async (from) => {
        const own = calls.flatMap((call, index) => (call.from === from ? [{ call, index }] : []));
        const found = await this.callFrom(
          from,
          own.map(({ call }) => call),
        );
        own.forEach(({ index }, position) => {
          answers[index] = found[position] as readonly string[];
        });
      }),
    );
    return answers;
  }

  private callFrom(from: string, calls: readonly Call[]): Promise<readonly (readonly string[])[]> {
    const isNode = this.topology.nodes.some(({ address }) => address === from);
    const input = calls.map(({ address, port, times, patience }) => [
      address,
      port,
      isNode ? null : from,
      times,
      patience,
    ]);
    const script = join(import.meta.dirname, 'caller.py');
    const caller = spawn('ip', ['netns', 'exec', this.nameOf(from), 'python3', script]);
    let out = '';
    caller.stdout.on('data', (text) => {
      out += text;
    });
    caller.stdin.end(JSON.stringify(input));
    return new Promise((resolve, reject) => {
      caller.once('close', (code) =>
        code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`the caller on ${from} ended with ${code}`)),
      );
    });
  }

  stop(): void {
    for (const server of this.servers) server.kill();
    for (const name of this.made) spawnSync('ip', ['netns', 'delete', name]);
  }

  private space(role: string, address: string): void {
    const name = `${this.prefix}-${role}`;
    this.run(`ip netns add ${name}`);
    this.made.push(name);
    this.spaces.set(address, name);
    this.run(`ip -n ${name} link set lo up`);
    // A router that shows its neighbours a shorter way would have them leave out its rules; and who still asks whether its link's address is
    // its own asks for no neighbour.
    const settings = ['accept_redirects', 'accept_dad', 'dad_transmits'].map(
      (setting) => `net.ipv6.conf.default.${setting}=0`,
    );
    this.run(`ip netns exec ${name} sysctl -qw ${settings.join(' ')}`);
  }

  private nameOf(address: string): string {
    return this.spaces.get(address) as string;
  }

  private run(script: string): void {
    const { status, stderr } = spawnSync('sh', ['-e'], { input: script, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${stderr}\n${script}`);
  }

  private wireScript(): string {
    const { gateway, client } = this.topology;
    const [wire, outside] = [this.nameOf(gateway), this.nameOf(client)];
    const clientGateway = client.replace(/\d+$/, '1');
    return [
      `ip -n ${wire} link add wire type bridge`,
      `ip -n ${wire} address add ${gateway}/${this.lengths.link} dev wire`,
      `ip -n ${wire} link set wire up`,
      `ip -n ${wire} link add out type veth peer name eth0 netns ${outside}`,
      `ip -n ${wire} address add ${clientGateway}/${this.lengths.link} dev out`,
      `ip -n ${wire} link set out up`,
      `ip -n ${outside} address add ${client}/${this.lengths.link} dev eth0`,
      `ip -n ${outside} link set eth0 up`,
      `ip -n ${outside} route add default via ${clientGateway}`,
      this.sysctls(wire, 'wire'),
    ].join('\n');
  }

  private nodeScript({ name, address, podGateway }: TestNode): string {
    const { gateway, nodes } = this.topology;
    const [wire, node] = [this.nameOf(gateway), this.nameOf(address)];
    const others = nodes.filter((other) => other.address !== address);
    return [
      `ip -n ${wire} link add ${name} type veth peer name eth0 netns ${node}`,
      `ip -n ${wire} link set ${name} master wire up`,
      `ip -n ${node} address add ${address}/${this.lengths.link} dev eth0`,
      `ip -n ${node} link set eth0 up`,
      `ip -n ${node} route add default via ${gateway}`,
      `ip -n ${node} link add cni0 type bridge`,
      `ip -n ${node} address add ${podGateway}/${this.lengths.link} dev cni0`,
      `ip -n ${node} link set cni0 up`,
      this.sysctls(node, 'cni0'),
      this.sysctls(node, 'eth0'),
      ...others.map(
        ({ podGateway: others, address: via }) =>
          `ip -n ${node} route add ${others.replace(/\d+$/, others.includes(':') ? '/64' : '0/24')} via ${via}`,
      ),
    ].join('\n');
  }

  private sysctls(space: string, device: string): string {
    const settings = ['all', device].flatMap((scope) => [
      `net.ipv4.conf.${scope}.rp_filter=0`,
      `net.ipv4.conf.${scope}.send_redirects=0`,
      `net.ipv4.conf.${scope}.route_localnet=1`,
    ]);
    // Or of many calls that are rejected only the first few would hear of it (icmp(7), icmp_ratelimit).
    const own = [
      ...['net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1'],
      ...['net.ipv4.icmp_ratelimit=0', 'net.ipv6.icmp.ratelimit=0'],
      ...['net.ipv4.icmp_ratemask=0', 'net.ipv6.icmp.ratemask=0'],
    ];
    return `ip netns exec ${space} sysctl -qw ${[...own, ...settings].join(' ')}`;
  }

  /** A pod knows nobody but its gateway, so that packets between pods of one node pass the node's rules, too. */
  private podScript({ node, address }: TestPod): string {
    const owner = this.topology.nodes.find(({ name }) => name === node) as TestNode;
    const [space, pod] = [this.nameOf(owner.address), this.nameOf(address)];
    const name = `veth${address.replaceAll(/[.:]/g, '').slice(-8)}`;
    return [
      `ip -n ${space} link add ${name} type veth peer name eth0 netns ${pod}`,
      `ip -n ${space} link set ${name} master cni0 up`,
      // As network plug-ins do (hairpinMode), or a pod does not reach itself where br_netfilter is loaded.
      `ip netns exec ${space} bridge link set dev ${name} hairpin on`,
      `ip -n ${pod} address add ${address}/${this.lengths.host} dev eth0`,
      `ip -n ${pod} link set eth0 up`,
      `ip -n ${pod} route add ${owner.podGateway} dev eth0`,
      `ip -n ${pod} route add default via ${owner.podGateway}`,
    ].join('\n');
  }

  private load({ address, rules, load = ['iptables-restore'] }: TestNode): void {
    const { status, stderr } = spawnSync('ip', ['netns', 'exec', this.nameOf(address), ...load], {
      input: rules,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
  }

  private serve({ address, port }: TestPod): Promise<void> {
    const script = join(import.meta.dirname, 'server.py');
    const server = spawn('ip', [
      'netns',
      'exec',
      this.nameOf(address),
      'python3',
      script,
      address,
      String(port),
    ]);
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      server.stdout.once('data', () => resolve());
      server.once('exit', (code) => reject(new Error(`the server on ${address} ended with ${code}`)));
    });
  }
}
