// What of a recording's order is chance: kube-proxy goes through Go maps, whose order differs at every sync. All else must be equal.

/** Chains in which kube-proxy writes one service after the other, in the order of a map. */
const shared = /^-A (KUBE-SERVICES|KUBE-EXTERNAL-SERVICES|KUBE-NODEPORTS|KUBE-PROXY-FIREWALL) /;

/** Lines of one owner follow each other; those of one stretch may change places, owner by owner. Null: the line has its place. */
type Owner = { readonly stretch: string; readonly name: string } | null;

/** What iptables-save prints, services in the order of their names, and of their addresses those of the node. */
export function servicesInOrder(saved: string): string {
  return ownersInOrder(saved, (line) => {
    const chain = shared.exec(line)?.[1];
    if (isLast(line)) return lastOwner(line);
    if (chain === undefined) return null;
    return { stretch: chain, name: serviceIn(line) };
  });
}

/** What was sent to iptables-restore, likewise: of each service the chains, and all its rules. */
export function sentServicesInOrder(sent: string): string {
  const names = new Map<string, string>();
  for (const line of sent.split('\n').filter((line) => shared.test(line))) {
    const target = ownChain.exec(line)?.[1];
    if (target !== undefined) names.set(target, serviceIn(line));
  }
  for (const [, chain, endpoint] of sent.matchAll(/^-A KUBE-SV[CL]-(\S+) .*-j (KUBE-SEP-\S+)$/gm)) {
    names.set(endpoint as string, names.get(chain as string) as string);
  }
  return ownersInOrder(sent, (line) => {
    if (isLast(line)) return lastOwner(line);
    const name = shared.test(line) ? serviceIn(line) : names.get(ownerChainOf(line) ?? '');
    return name === undefined ? null : { stretch: line.startsWith(':') ? 'chains' : 'rules', name };
  });
}

/** The jumps to the node ports come after all services: one, or one for each address of the node. */
function isLast(line: string): boolean {
  return line.startsWith('-A KUBE-SERVICES ') && line.includes('must be the last rule in this chain');
}

function lastOwner(line: string): Owner {
  return line.includes(' -d ') ? { stretch: 'to the node', name: line } : null;
}

/** The letters that the chains of one service have in common. */
const ownChain = / -j KUBE-(?:SVC|SVL|EXT|FW)-(\S+)$/;

function ownerChainOf(line: string): string | undefined {
  const [, chain, letters] = /^(?::|-A )(KUBE-(?:SVC|SVL|EXT|FW|SEP)-(\S+)) /.exec(line) ?? [];
  return chain?.startsWith('KUBE-SEP-') ? chain : letters;
}

/** The comments of its rules begin with its name. */
function serviceIn(line: string): string {
  return / --comment "?([^\s"]+)/.exec(line)?.[1] ?? line;
}

function ownersInOrder(text: string, ownerOf: (line: string) => Owner): string {
  const sorted: string[] = [];
  let stretch: string | undefined;
  let runs: { readonly name: string; readonly lines: string[] }[] = [];
  const end = () => {
    sorted.push(
      ...runs.toSorted((left, right) => (left.name < right.name ? -1 : 1)).flatMap(({ lines }) => lines),
    );
    runs = [];
  };
  for (const line of text.split('\n')) {
    const owner = ownerOf(line);
    if (owner === null || owner.stretch !== stretch) end();
    stretch = owner?.stretch;
    if (owner === null) sorted.push(line);
    else if (runs.at(-1)?.name === owner.name) runs.at(-1)?.lines.push(line);
    else runs.push({ name: owner.name, lines: [line] });
  }
  end();
  return sorted.join('\n');
}

/**
 * What was sent to iptables-restore, with the chains of endpoints in the order of the endpoints where a service has both policies: where
 * a hint or the end of an endpoint keeps the one policy's endpoints from being among the other's, kube-proxy joins both in a map.
 */
export function endpointsInOrder(sent: string): string {
  let text = sent;
  for (const [, service] of sent.matchAll(/^:KUBE-SVL-(\S+) /gm)) {
    if (sent.includes(`\n:KUBE-SVC-${service} `)) text = ownEndpointsInOrder(text, service as string);
  }
  return text;
}

function ownEndpointsInOrder(text: string, service: string): string {
  const chosen = text.matchAll(new RegExp(`^-A KUBE-SV[CL]-${service} .*-j (KUBE-SEP-\\S+)$`, 'gm'));
  const own = new Set(Array.from(chosen, ([, chain]) => chain as string));
  const destination = (chain: string) =>
    new RegExp(`^-A ${chain} .*--to-destination (\\S+)$`, 'm').exec(text)?.[1] as string;
  const inOrder = [...own].toSorted((left, right) => (destination(left) < destination(right) ? -1 : 1));
  const lines = text.split('\n');
  for (const start of [':', '-A ']) {
    const isOwn = (line: string) => line.startsWith(start) && own.has(ownerChainOf(line) ?? '');
    const first = lines.findIndex(isOwn);
    const block = lines.slice(first, lines.findLastIndex(isOwn) + 1);
    if (!block.every(isOwn)) throw new Error(`the chains of ${service} do not stand together`);
    const sorted = inOrder.flatMap((chain) => block.filter((line) => ownerChainOf(line) === chain));
    lines.splice(first, block.length, ...sorted);
  }
  return lines.join('\n');
}
