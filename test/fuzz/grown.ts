import { InputError, printProblem } from '../../src/text/problem.ts';

/** Inputs of a size that grow without end, each to the worst of some expression, rule or loop. */
export type Grow = (size: number) => string;

const repeat =
  (unit: string, before = '', after = ''): Grow =>
  (size) =>
    before + unit.repeat(Math.ceil(size / unit.length)) + after;

/** What stands for a run of anything in an expression, and what makes the run fail in the end. */
const runs = [
  ' ',
  '\t',
  '\n',
  '\r\n',
  '0',
  'a',
  ':',
  '.',
  '-',
  '"',
  "'",
  '\\',
  '[',
  ']:',
  '{',
  '- ',
  '#',
  ',',
  '/',
  '!',
  '&a ',
  '*a ',
  '? ',
  '|\n',
  '>\n ',
  '%',
  '\u00a0',
];
const plain: readonly (readonly [string, Grow])[] = runs.flatMap((unit) => [
  [JSON.stringify(unit), repeat(unit)] as const,
  [`${JSON.stringify(unit)} in a line`, repeat(unit, 'a: ', '\0x')] as const,
]);

const rules = '*nat\n:a - [0:0]\n';
const dumps: readonly (readonly [string, Grow])[] = [
  ...plain,
  ...runs.map(
    (unit) =>
      [
        `${JSON.stringify(unit)} in a rule`,
        repeat(unit, `${rules}-A a -m comment --comment `, '\nCOMMIT\n'),
      ] as const,
  ),
  ...runs.map(
    (unit) =>
      [`${JSON.stringify(unit)} as an address`, repeat(unit, `${rules}-A a -s `, ' -j b\nCOMMIT\n')] as const,
  ),
  [
    'chains',
    (size) => `*nat\n${Array.from({ length: size / 20 }, (_, at) => `:c${at} - [0:0]\n`).join('')}COMMIT\n`,
  ],
  [
    'chains that lead to each other',
    (size) => {
      const names = Array.from({ length: size / 40 }, (_, at) => at);
      const rulesOf = names.slice(1).map((at) => `-A c${at - 1} -j c${at}\n`);
      return `*nat\n${names.map((at) => `:c${at} - [0:0]\n`).join('')}${rulesOf.join('')}COMMIT\n`;
    },
  ],
  ['one chain declared again and again', repeat(':a - [0:0]\n', '*nat\n', 'COMMIT\n')],
  ['tables again and again', repeat('*nat\nCOMMIT\n')],
  ['mistakes', repeat('-A a --nothing\n', rules, 'COMMIT\n')],
  ['rules deleted', repeat('-A a -j ACCEPT\n-D a 1\n', rules, 'COMMIT\n')],
  ['rules inserted', repeat('-I a -j ACCEPT\n', rules, 'COMMIT\n')],
  ['options', repeat(' -m comment --comment a', `${rules}-A a`, '\nCOMMIT\n')],
  ['ports', repeat('1,', `${rules}-A a -p tcp -m multiport --dports `, '1 -j ACCEPT\nCOMMIT\n')],
];

const service = (at: number) =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: a${at}\nspec:\n  clusterIP: None\n  ports:\n  - port: 80\n---\n`;
const manifests: readonly (readonly [string, Grow])[] = [
  ...plain,
  ['services', (size) => Array.from({ length: size / 100 }, (_, at) => service(at)).join('')],
  [
    'mistakes',
    repeat('apiVersion: v1\nkind: Service\nmetadata: {name: A}\nspec: {ports: [{port: 0}]}\n---\n'),
  ],
  ['duplicates', repeat(service(1))],
  ['keys', (size) => Array.from({ length: size / 10 }, (_, at) => `k${at}: 1\n`).join('')],
  ['one key', repeat('a: 1\n')],
  ['documents', repeat('---\n')],
  ['anchors', (size) => Array.from({ length: size / 20 }, (_, at) => `a${at}: &a${at} 1\n`).join('')],
  ['aliases', repeat('- *a\n', '- &a b\n')],
  [
    'ports',
    repeat('  - port: 80\n', 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  ports:\n'),
  ],
  ['JSON numbers', repeat('0,', '[', '0]')],
  ['JSON strings', repeat('"\\u0000",', '[', '0]')],
  ['JSON without an end', repeat('{"a":[1,"b"]} ')],
  [
    'a table',
    repeat('a ClusterIP 10.0.0.1 <none> 80/TCP 1d\n', 'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\n'),
  ],
  [
    'a wide table',
    repeat(
      '80/TCP,',
      'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\na ClusterIP 10.0.0.1 <none> ',
      '80/TCP 1d\n',
    ),
  ],
];

/** What is read, and inputs that grow for it, by their names. */
export const grown: Readonly<Record<string, readonly (readonly [string, Grow])[]>> = {
  dump: dumps,
  manifest: manifests,
  configuration: plain,
  packet: [
    ...plain,
    ['brackets', repeat('[', 'tcp ')],
    ['options', repeat(' from pod', 'tcp 10.0.0.1:1 -> 10.0.0.2:2')],
  ],
  flows: plain,
  host: plain,
  sets: [...plain, ['members', repeat('add a 10.0.0.1\n', 'create a hash:ip family inet\n')]],
  url: plain,
};

/** Reads as a user does: an answer, or problems that are printed. */
export function tryRead(read: (text: string) => unknown, text: string): void {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    error.problems.slice(0, 100).map(printProblem);
  }
}
