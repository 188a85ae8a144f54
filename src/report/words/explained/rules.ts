import { type FindingExample, type FindingPage, node } from './page.ts';

const input = (...lines: readonly string[]): FindingExample =>
  node(`*filter\n:INPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`);

const tail = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]
`;

/** Findings about rules and chains. */
export const rulePages = {
  shadowed: {
    means: 'a rule that no packet can match, since earlier ones leave it nothing',
    effect: 'None: whatever the rule was meant to do is not done.',
    remedy: 'Put the rule before those that take its packets, or remove it.',
    fails: input(
      '-A INPUT -s 10.0.0.0/8 -p tcp -j ACCEPT',
      '-A INPUT -s 10.1.0.0/16 -p tcp -m tcp --dport 80 -j DROP',
    ),
    passes: input(
      '-A INPUT -s 10.1.0.0/16 -p tcp -m tcp --dport 80 -j DROP',
      '-A INPUT -s 10.0.0.0/8 -p tcp -j ACCEPT',
    ),
  },
  repeated: {
    means: 'a rule that stands in its chain again',
    effect: 'Packets are asked twice; something adds the rule at every start, or two programs do.',
    remedy: 'Remove the copy, and let what adds the rule look first whether it is there (iptables -C).',
    fails: input('-A INPUT -j LOG', '-A INPUT -j LOG'),
    passes: input('-A INPUT -j LOG'),
  },
  unreachable: {
    means: 'a chain that no built-in chain leads to',
    effect: 'None: no packet meets its rules.',
    remedy: 'Jump to it from where it was meant to be, or remove it (iptables -F, then -X).',
    fails: input(':MINE - [0:0]', '-A MINE -j DROP'),
    passes: input(':MINE - [0:0]', '-A INPUT -j MINE', '-A MINE -j DROP'),
  },
  'stale-service': {
    means: "a service's chain that nothing leads to any more",
    effect: 'None: it was left behind by a service that is gone, or by another kube-proxy.',
    remedy:
      'kube-proxy removes such chains when it writes all rules anew, at the latest when it is started again.',
    fails: node(`${tail}-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http" -j RETURN\nCOMMIT\n`),
    passes: node(
      `${tail}-A PREROUTING -d 10.96.0.1/32 -j KUBE-SVC-AAAAAAAAAAAAAAAA\n-A KUBE-SVC-AAAAAAAAAAAAAAAA -m comment --comment "a/b:http" -j RETURN\nCOMMIT\n`,
    ),
  },
  'empty-jump': {
    means: 'a jump to a chain without rules',
    effect: 'None: packets come back as they were.',
    remedy: 'Fill the chain, or remove the jump. Chains that programs keep ready are not told.',
    fails: input(':MINE - [0:0]', '-A INPUT -j MINE'),
    passes: input(':MINE - [0:0]', '-A INPUT -j MINE', '-A MINE -j ACCEPT'),
  },
  'rule-unread': {
    means: 'a rule of whose line not all could be read',
    effect: 'Not known: no service is seen that depends on the rule, but it may be what makes one.',
    remedy:
      'See what the warning beside says of the line, and take what iptables-save prints anew. Where a service depends on the line, undecided tells it.',
    fails: input('-A INPUT -p tcp -m tcp --dport 80x -j ACCEPT'),
    passes: input('-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT'),
  },
  'too-many-rules': {
    means: 'so many rules that they were not all held against each other',
    effect: 'None; but of rules that no packet can match not all were found.',
    remedy: 'Check parts of the rules, or put addresses into a set.',
    fails: input(
      ...Array.from({ length: 10_100 }, (_, at) => `-A INPUT -s 10.${at >> 8}.${at & 255}.0/24 -j ACCEPT`),
    ),
    passes: input('-A INPUT -s 10.0.0.0/8 -j ACCEPT'),
  },
} as const satisfies Readonly<Record<string, FindingPage>>;

const ruleset = (verdict: string) =>
  `table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy accept;\n\t\ttcp dport 23 ${verdict}\n\t}\n}\n`;

/** Findings about texts of rules. */
export const textPages = {
  'commit-missing': {
    means: 'a dump that breaks off: a table is not ended by COMMIT',
    effect:
      'None; but what rules follow is not known, and so neither is whether services that depend on them are sound.',
    remedy:
      'Take the whole of what iptables-save prints anew: a full disk, a copy that was broken off, or head cut it.',
    fails: node('*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j LOG\n'),
    passes: input('-A INPUT -j LOG'),
  },
  'nft-refused': {
    means:
      'a ruleset of nft that nft does not load: it names a chain, set or map that is not there, or of another type',
    effect:
      'A node whose rules are made of this text has none of it. Of a text that a node printed, something is not shown, and what depends on it is not known.',
    remedy: 'Take the whole of what nft list ruleset prints, or add what is named.',
    fails: { files: { 'node.nft': ruleset('jump lost') } },
    passes: { files: { 'node.nft': ruleset('drop') } },
  },
} as const satisfies Readonly<Record<string, FindingPage>>;

/** Findings about comments that silence others. */
export const silencePages = {
  'silence-unused': {
    means: 'a comment silences a finding that is not there',
    effect: 'None; but if the finding ever comes, nobody will hear of it.',
    remedy: 'Remove the comment.',
    fails: input('# kubenat-ignore repeated: twice, so that both logs have it', '-A INPUT -j LOG'),
    passes: input(
      '-A INPUT -j LOG',
      '# kubenat-ignore repeated: twice, so that both logs have it',
      '-A INPUT -j LOG',
    ),
  },
} as const satisfies Readonly<Record<string, FindingPage>>;
