import { describe, expect, it } from 'vitest';
import { type ReadOptions, readDump } from '../../src/iptables/dump/read.ts';
import { sayExpected } from '../../src/text/detail.ts';
import { InputError, type Problem } from '../../src/text/problem.ts';

// What is said of a text that iptables refuses to load: the code, what it points at, the words, and what would be right. That
// it is refused was asked of iptables 1.8.9, text by text.

function problemsOf(text: string, options: ReadOptions): readonly Problem[] {
  try {
    return readDump({ name: 'dump', text }, options).problems;
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** Each problem as `code <what it points at> message`, with what would be right behind an arrow. */
function said(text: string, options: ReadOptions = {}): string[] {
  return problemsOf(text, { family: 'ipv4', ...options }).map(({ code, severity, message, span, expected }) =>
    [
      ...(severity === 'warning' ? ['warning:'] : []),
      `${code} <${text.slice(span?.start, span?.end)}> ${message}`,
      ...(expected === undefined ? [] : [`-> ${sayExpected(expected)}`]),
    ].join(' '),
  );
}

const table =
  (name: string) =>
  (...lines: string[]) =>
    `*${name}\n${lines.join('\n')}\nCOMMIT\n`;
const filter = table('filter');
const nat = table('nat');
const mangle = table('mangle');

const legacy = { backend: 'legacy' } as const;
const ipv6 = { family: 'ipv6' } as const;

type Row = [text: string, problem: string | string[], options?: ReadOptions];

const rows = (name: string, list: Row[]) =>
  describe(name, () => {
    it.each(list)('%j', (text, problem, options) => {
      expect(said(text, options)).toEqual([problem].flat());
    });
  });

const two = ['-A INPUT -i a', '-A INPUT -i b'];

rows('a rule that is not there', [
  [filter(...two, '-I INPUT 4 -i c'), 'rule-missing <4> the chain has 2 rules'],
  [filter(...two, '-I INPUT 0 -i c'), 'rule-missing <0> the chain has 2 rules'],
  [filter(...two, '-D INPUT 3'), 'rule-missing <3> the chain has 2 rules'],
  [filter(...two, '-D INPUT 0'), 'rule-missing <0> the chain has 2 rules'],
  [filter(...two, '-D INPUT -i c'), 'rule-missing <INPUT> the chain has no such rule'],
  [filter(...two, '-C INPUT -i c'), 'rule-missing <INPUT> the chain has no such rule'],
  [filter(...two, '-R INPUT 3 -i c'), 'rule-missing <3> the chain has 2 rules', legacy],
  [filter(...two, '-R INPUT 0 -i c'), 'rule-missing <0> the chain has 2 rules', legacy],
  [filter(...two, '-Z INPUT 3'), 'rule-missing <3> the chain has 2 rules', legacy],
  [filter(...two, '-Z INPUT 0'), 'rule-missing <0> the chain has 2 rules', legacy],
  [filter(...two, '-Z INPUT 2'), 'rule-missing <2> nft cannot zero a rule that the same text makes'],
  [filter(...two, '-Z INPUT 0'), 'rule-missing <0> a rule has a number from 1'],
  [
    filter(...two, '-R INPUT 1 -s 10.0.0.1,10.0.0.2'),
    'rule-missing <1> one rule can be replaced by one only',
    legacy,
  ],
  [
    filter(...two, '-I INPUT 2 -i c', '-D INPUT -i b'),
    'rule-missing <INPUT> nft cannot delete a rule before which it inserted another',
  ],
]);

rows('a chain that is not there, or there already, or in use', [
  [filter('-A INPUTx -i a'), "chain-unknown <INPUTx> there is no chain 'INPUTx' in table filter"],
  [filter('-AINPUTx'), "chain-unknown <INPUTx> there is no chain 'INPUTx' in table filter"],
  [nat('-A FORWARD -i a'), "chain-unknown <FORWARD> there is no chain 'FORWARD' in table nat"],
  [filter('-Z NOPE'), "chain-unknown <NOPE> there is no chain 'NOPE' in table filter"],
  [filter('-Z INPUT'), 'chain-unknown <INPUT> nothing has made chain INPUT'],
  [filter('-A INPUT -j NOPE'), "chain-missing <NOPE> there is no chain 'NOPE' in table filter"],
  [filter('-A INPUT -g ACCEPT'), "chain-missing <ACCEPT> there is no chain 'ACCEPT' in table filter"],
  [
    filter('-A INPUT -j FORWARD'),
    'chain-missing <FORWARD> FORWARD is a built-in chain: no rule can jump to it',
  ],
  [filter('-N X', '-N X'), 'chain-name <X> chain X is there already'],
  [filter(':X - [0:0]', ':X - [0:0]'), 'chain-name <X> chain X is there already', legacy],
  [filter(':X - [0:0]', '-E X INPUT'), 'chain-name <INPUT> chain INPUT is there already', legacy],
  [filter(':X - [0:0]', '-E X QUEUE'), 'chain-name <QUEUE> chain QUEUE is there already', legacy],
  [filter('-X INPUT'), 'chain-in-use <INPUT> INPUT is a built-in chain'],
  [filter('-E INPUT X'), 'chain-in-use <INPUT> INPUT is a built-in chain', legacy],
  [filter('-N X', '-A X', '-X X'), 'chain-in-use <X> chain X still has rules'],
  [filter('-N X', '-A X', '-X'), 'chain-in-use <-X> chain X still has rules'],
  [filter('-N X', '-A INPUT -j X', '-X X'), 'chain-in-use <X> rules still jump to chain X'],
  [filter('-N X', '-E X Y'), 'chain-in-use <-E> nft cannot rename or replace what the same text makes'],
]);

rows('the name of a chain', [
  [filter(`-N ${'x'.repeat(29)}`), `chain-name <${'x'.repeat(29)}> a chain name has at most 28 characters`],
  [
    filter(`:${'x'.repeat(29)} - [0:0]`),
    `chain-name <${'x'.repeat(29)}> a chain name has at most 28 characters`,
  ],
  // This one iptables takes, and the chain has another name then.
  [
    filter('-N X', `-E X ${'y'.repeat(30)}`),
    `chain-name <${'y'.repeat(30)}> the kernel cuts a chain name off after 29 bytes`,
    legacy,
  ],
  [filter('-N DNAT'), 'chain-name <DNAT> a chain cannot have the name of a target'],
  [filter(':RETURN - [0:0]'), 'chain-name <RETURN> a chain cannot have the name of a verdict'],
  [filter(':!x - [0:0]'), 'chain-name <!x> a chain name cannot begin with !'],
  [filter(':-x - [0:0]'), 'chain-name <-x> a chain name cannot begin with -'],
  [filter('-N "a b"'), 'chain-name <"a b"> a chain name has no blanks'],
  [filter('-N "a\vb"'), 'chain-name <"a\vb"> a chain name has no blanks'],
  [filter('-N "a\tb"'), 'chain-name <"a\tb"> a chain name has no blanks', legacy],
  [filter('-N -x'), 'chain-name <-x> a chain name cannot begin with -', legacy],
  [filter(':-x - [0:0]', ':!x - [0:0]', ':x-y!z - [0:0]'), [], legacy],
  [filter(':x-y!z - [0:0]', '-N x!'), []],
]);

rows('a policy', [
  [filter('-P INPUT RETURN'), 'option-value <RETURN> a policy is ACCEPT or DROP'],
  [filter(':INPUT RETURN [0:0]'), "option-value <RETURN> 'RETURN' is no policy -> ACCEPT or DROP"],
  [filter('-N X', '-P X DROP'), 'chain-name <X> only built-in chains have a policy'],
  [filter(':X ACCEPT [0:0]'), 'chain-name <ACCEPT> only built-in chains have a policy -> -', legacy],
  [filter(':X ACCEPT [0:0]'), []],
  [nat('-P PREROUTING DROP'), 'target-place <DROP> nat is not for filtering: DROP is refused there'],
]);

rows('a command', [
  [filter('-i a'), 'dump-syntax <-i> the line has no command -> -A CHAIN'],
  [filter('--foo -j ACCEPT'), 'option-unknown <--foo> there is no option --foo here'],
  [filter('-4 -v'), 'dump-syntax <-4> the line has no command -> -A CHAIN'],
  [filter('\t '), 'dump-syntax <\t > the line has no command -> -A CHAIN'],
  [filter('-A'), 'option-missing <-A> -A needs a chain'],
  [filter('-P INPUT'), 'option-missing <-P> -P needs more than a chain'],
  [filter('-E X'), 'option-missing <-E> -E needs more than a chain', legacy],
  [filter('-R INPUT'), 'option-missing <-R> -R needs more than a chain', legacy],
  [filter('-A INPUT -A INPUT'), 'option-conflict <-A> a line has one command'],
  [filter('-P INPUT DROP -i a'), 'option-conflict <-i> -P takes no rule, and no -i'],
  [filter('-P INPUT DROP -c 1 2 -i a'), 'option-conflict <-c> -P takes no rule, and no -c'],
  [filter('-P INPUT DROP -c 1 2'), []],
  [filter('-N X -c 1 2'), 'option-conflict <-c> -N takes no rule, and no -c'],
  [filter('-F INPUT -j ACCEPT'), 'option-conflict <-j> -F takes no rule, and no -j'],
  [filter('-F INPUT -g X'), 'option-conflict <-g> -F takes no rule, and no -g'],
  [filter('-A INPUT', '-D INPUT 1 -i a'), 'option-conflict <-i> -D takes no rule, and no -i'],
  [filter('-A INPUT', '-D INPUT -c 1 2'), 'option-conflict <-D> -D takes no counters'],
  [filter('-A INPUT', '-c 1 2 -C INPUT'), 'option-conflict <-c> -C takes no counters'],
  [filter('-A INPUT -c 1'), 'option-value <-c> counters are two numbers -> -c PACKETS BYTES'],
  [filter('-A INPUT -c 1,'), 'option-value <-c> counters are two numbers -> -c PACKETS BYTES'],
  [filter('-A INPUT -c x 1'), 'option-value <-c> counters are two numbers -> -c PACKETS BYTES'],
]);

rows('words', [
  [filter('-A INPUT x'), "dump-syntax <x> 'x' belongs to no option -> an option that begins with -"],
  [filter('-A INPUT -'), "dump-syntax <-> '-' belongs to no option -> an option that begins with -"],
  [
    filter('-A INPUT -- -j ACCEPT'),
    "dump-syntax <--> '--' belongs to no option -> an option that begins with -",
  ],
  [filter('-A INPUT !'), 'dump-syntax <!> nothing follows the !'],
  [filter('-A INPUT -i a ! -s 10.0.0.1 !'), 'dump-syntax <!> nothing follows the !'],
  [filter('-A INPUT ! ! -s 10.0.0.1'), 'dump-syntax <!> one ! follows another'],
  [filter('-A INPUT ! -j ACCEPT'), 'option-negation <!> -j cannot be negated'],
  [filter('-A INPUT ! -m comment --comment x'), 'option-negation <!> -m cannot be negated'],
  [filter('-A INPUT -m comment ! --comment x'), 'option-negation <!> --comment cannot be negated'],
  [filter('-A INPUT -sx'), 'dump-syntax <-sx> iptables needs a space before x'],
  [filter('-A INPUT -fsx'), 'dump-syntax <-fsx> iptables needs a space before x'],
  [
    filter('-A INPUT --source=10.0.0.1'),
    'dump-syntax <--source=10.0.0.1> iptables needs a space before 10.0.0.1',
  ],
  [filter('-A INPUT -jACCEPT'), 'dump-syntax <-jACCEPT> iptables needs a space before ACCEPT'],
  [filter('-A INPUT -p tcp --syn=1'), 'dump-syntax <1> the option has no value'],
  [
    filter('-A INPUT -m mark --mark=x'),
    "option-value <x> 'x' is no valid value here -> a number from 0 to 4294967295",
  ],
]);

rows('an option that is none', [
  [filter('-A INPUT -kx'), 'option-unknown <-kx> there is no option -k'],
  [filter('-A INPUT -fk'), 'option-unknown <-fk> there is no option -k'],
  [filter('-A INPUT ! -k'), 'option-unknown <-k> there is no option -k'],
  [filter('-A INPUT --foo'), 'option-unknown <--foo> there is no option --foo here'],
  [filter('-A INPUT ! --foo a b -j ACCEPT'), 'option-unknown <--foo> there is no option --foo here'],
  [filter('-A INPUT --mark 1'), 'option-unknown <--mark> there is no option --mark here'],
  [filter('-A INPUT --xdport 1'), 'option-unknown <--xdport> there is no option --xdport here'],
  [filter('-A INPUT -p icmp --dport 80'), 'option-unknown <--dport> there is no option --dport here'],
  [filter('-A INPUT -p tcp --tcp'), 'option-unknown <--tcp> --tcp is the beginning of several options'],
  ...[
    '--dport 80',
    '--sport 80',
    '--source-port 80',
    '--destination-port 80',
    '--syn',
    '--tcp-option 1',
    '--icmp-type 8',
  ].map((words): Row => {
    const [option] = words.split(' ');
    const message = `${option} needs -p with a protocol that has it`;
    return [filter(`-A INPUT ${words}`), `option-needs <${option}> ${message}`];
  }),
  [filter('-A INPUT -f'), 'option-unknown <-f> -f is for ipv4 only', ipv6],
  [filter('-A INPUT -m icmp6'), 'option-unknown <icmp6> there is no match icmp6 for ipv4'],
  [filter('-A INPUT -m ttl --ttl-eq 1'), 'option-unknown <ttl> there is no match ttl for ipv6', ipv6],
]);

rows('an option without its value', [
  ...['-s', '-i', '-p', '-m', '-j', '-g'].map(
    (option): Row => [filter(`-A INPUT ${option}`), `option-missing <${option}> ${option} needs a value`],
  ),
  [
    filter('-A INPUT -m mark --mark'),
    ['option-missing <--mark> --mark needs a value', 'option-missing <-m mark> mark needs --mark'],
  ],
  [filter('-A INPUT -p tcp --tcp-flags SYN'), 'option-missing <--tcp-flags> --tcp-flags needs two values'],
  [filter('-A INPUT -m mark'), 'option-missing <-m mark> mark needs --mark'],
  [nat('-A INPUT -j SNAT'), 'option-missing <-j SNAT> SNAT needs --to-source'],
]);

rows('options that do not go together', [
  // The option is the match's, and a target without options of its own is no foreign one.
  [
    filter('-A INPUT -j CHAOS -m geoip --source-country DE'),
    "chain-missing <CHAOS> there is no chain 'CHAOS' in table filter",
  ],
  [filter('-A INPUT -i a -i b'), 'option-conflict <-i> -i is given twice'],
  [filter('-A INPUT -m mark --mark 1 --mark 2'), 'option-conflict <--mark> --mark is given twice'],
  [filter('-A INPUT -j ACCEPT -j DROP'), 'option-conflict <-j> a rule has one target'],
  [
    filter('-A INPUT -m recent --rcheck --update'),
    [
      'option-conflict <--rcheck> --rcheck and --update exclude each other',
      'option-conflict <--update> --update and --rcheck exclude each other',
    ],
  ],
  [filter('-A INPUT -m recent --rcheck --reap'), 'option-needs <--reap> --reap needs --seconds'],
  [filter('-A INPUT -m statistic --mode nth --packet 1'), 'option-needs <--packet 1> --packet needs --every'],
  [
    filter('-A OUTPUT -m owner --suppl-groups --gid-owner 0'),
    'option-needs <--suppl-groups> --suppl-groups must come after --gid-owner',
  ],
  [
    mangle('-A FORWARD -p tcp -j TCPMSS --set-mss 5'),
    'option-needs <TCPMSS> TCPMSS needs -m tcp --tcp-flags SYN,RST SYN',
    legacy,
  ],
  [
    filter('-A INPUT -s 10.0.0.1,10.0.0.2 ! -d 10.0.0.3'),
    'option-negation <-s> beside several addresses none can be negated',
  ],
]);

rows('the interface of a packet that has none there', [
  ...['PREROUTING', 'INPUT'].map(
    (chain): Row => [mangle(`-A ${chain} -i a -o b`), `target-place <-A> -o cannot be used in ${chain}`],
  ),
  ...['OUTPUT', 'POSTROUTING'].map(
    (chain): Row => [mangle(`-A ${chain} -i a -o b`), `target-place <-A> -i cannot be used in ${chain}`],
  ),
  [
    mangle(
      ':X - [0:0]',
      '-A X -i a -o b',
      '-A FORWARD -i a -o b',
      '-A PREROUTING -i a',
      '-A INPUT -i a',
      '-A OUTPUT -o a',
      '-A POSTROUTING -o a',
    ),
    [],
  ],
]);

const dnat = '-j DNAT --to-destination 10.0.0.1';

rows('a target or match in the wrong place', [
  [nat('-A PREROUTING -j DROP'), 'target-place <DROP> nat is not for filtering: DROP is refused there'],
  [nat(':X - [0:0]', '-A X -j REJECT'), 'target-place <REJECT> REJECT is for table filter only'],
  [nat('-A INPUT --jump REJECT'), 'target-place <REJECT> REJECT is for table filter only'],
  [filter(`-A INPUT ${dnat}`), 'target-place <DNAT> DNAT is for table nat only'],
  [
    nat('-A INPUT -m comment --comment "-j REJECT" -m comment --comment REJECT -j REJECT'),
    'target-place <REJECT> REJECT is for table filter only',
  ],
  ...['-m owner', '--match owner', '-m comment --comment owner -m owner'].map(
    (match): Row => [
      filter(`-A FORWARD ${match} --socket-exists`),
      'target-place <owner> owner works in OUTPUT and POSTROUTING only, and FORWARD reaches this rule',
    ],
  ),
  [
    filter('-A FORWARD -mowner --socket-exists'),
    'target-place <-A> owner works in OUTPUT and POSTROUTING only, and FORWARD reaches this rule',
  ],
  [
    nat(
      ':A - [0:0]',
      '-A A -j MASQUERADE',
      '-A A -s 10.0.0.1 -j ACCEPT',
      '-A PREROUTING -j A',
      '-A INPUT -j A',
    ),
    ['PREROUTING', 'INPUT'].map(
      (hook) =>
        `target-place <MASQUERADE> MASQUERADE works in POSTROUTING only, and ${hook} reaches this rule`,
    ),
  ],
  [
    nat(
      ':A - [0:0]',
      ':B - [0:0]',
      '-A PREROUTING -j A',
      '-A POSTROUTING -j B',
      '-A A -j B',
      '-A B -j SNAT --to-source 10.0.0.1',
    ),
    'target-place <SNAT> SNAT works in INPUT and POSTROUTING only, and PREROUTING reaches this rule',
  ],
  // Chains that no hook reaches may have anything of the table's.
  [nat(':A - [0:0]', ':B - [0:0]', `-A A ${dnat}`, '-A A -j MASQUERADE', '-A B -j A'), []],
  [
    nat(':A - [0:0]', `-A A ${dnat}`, '-A PREROUTING -j A', '-A OUTPUT -j A', '-A POSTROUTING -j MASQUERADE'),
    [],
  ],
]);

rows('chains that lead back to themselves', [
  [
    filter(
      ':A - [0:0]',
      ':B - [0:0]',
      ':C - [0:0]',
      ':D - [0:0]',
      '-A INPUT -j A',
      '-A A -j B',
      '-A B -j C',
      '-A C -j B',
    ),
    'chain-loop <B> chain B is reached from itself',
  ],
  [
    filter(':A - [0:0]', '-A A -j ACCEPT', '-A A -i a -j A', '-A FORWARD -j A', '-A INPUT -j A'),
    'chain-loop <A> chain A is reached from itself',
  ],
  [
    filter(':A-j - [0:0]', '-A INPUT -j A-j', '-A A-j -j A-j'),
    'chain-loop <A-j> chain A-j is reached from itself',
  ],
  [filter(':A - [0:0]', '-A INPUT -j A', '-A A --goto A'), 'chain-loop <A> chain A is reached from itself'],
  [filter(':A - [0:0]', '-A INPUT -j A', '-A A -gA'), 'chain-loop <-gA> chain A is reached from itself'],
  [
    filter(':A - [0:0]', '-A INPUT -j A', '-A A -m comment --comment "a\rb" -j A'),
    'chain-loop <A> chain A is reached from itself',
  ],
  // Two ways to one chain are no loop, and one that nothing reaches does no harm.
  [filter(':A - [0:0]', ':B - [0:0]', '-A INPUT -j A', '-A INPUT -j B', '-A A -j B'), []],
  [filter(':A - [0:0]', ':B - [0:0]', '-A A -j B', '-A B -j A'), []],
]);

rows('lines', [
  [
    '*filtre\nCOMMIT\n',
    "table-unknown <filtre> there is no table 'filtre' -> raw, mangle, nat, filter, security",
  ],
  ['*filter\n*nat\nCOMMIT\n', 'commit-missing <*nat> table filter is not ended before this one -> COMMIT'],
  ['*filter\n-A INPUT\n', 'commit-missing <> table filter is not ended -> COMMIT'],
  ['*filter\n-A INPUT\nCOMMIT', 'commit-missing <COMMIT> legacy wants COMMIT to end with a newline', legacy],
  ['*filter\n-A INPUT\nCOMMIT', []],
  ['-A INPUT\n', 'dump-syntax <-A INPUT> a line outside of any table -> *filter or another table'],
  ...['-A A -j ACCEPT', ':B - [0:0]', 'COMMIT'].map(
    (line): Row => [
      `*filter\n:A - [0:0]\nCOMMIT\n${line}\n`,
      `dump-syntax <${line}> a line outside of any table -> *filter or another table`,
    ],
  ),
  [filter(':A'), 'dump-syntax <> the line cannot be read on from here'],
  [filter('-A INPUT').replaceAll('\n', '\r\n'), 'warning: dump-encoding <> lines end in CR LF'],
  [filter('-A INPUT ! -s ! 10.0.0.1'), 'dump-syntax <!> ! stands before -s nowadays'],
  [
    filter('-A INPUT -p ! tcp -d ! 10.0.0.1 -i ! eth0'),
    [
      'dump-syntax <!> ! stands before -p nowadays',
      'dump-syntax <!> ! stands before -d nowadays',
      'dump-syntax <!> ! stands before -i nowadays',
    ],
  ],
  [
    filter(`#${'x'.repeat(10_240)}`),
    'dump-syntax <#> the line is longer than iptables-restore reads one -> at most 10239 bytes',
  ],
  [
    filter(`-A INPUT ${'-m comment --comment a '.repeat(62)}-4 -4`),
    'dump-syntax <-4> a rule of 252 words is more than iptables-restore takes -> at most 251 words',
  ],
]);
