import type { Command, Option } from 'commander';
import fc from 'fast-check';
import { type Io, processIo } from '../../src/cli/io.ts';
import { describeProgram } from '../../src/cli/run.ts';
import { subcommands } from '../../src/cli/subcommands.ts';
import { cases, readCase } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';
import { packetText } from './grammar.ts';
import { mutated } from './mutate.ts';
import type { Target } from './targets.ts';

const [some] = cases;
if (!some) throw new Error('there are no recorded cases');
const files: Readonly<Record<string, string>> = {
  'cluster.yaml': readCase(some, 'cluster.yaml'),
  'node.save': readCase(some, 'iptables.save'),
  'proxy.yaml': readCase(some, 'kube-proxy.yaml'),
  'flows.json': readCase(some, 'flows.json'),
};

/** These files alone, and none of the disk's, which are others on every machine. */
function onlyThese(all: Readonly<Record<string, string>>): Partial<Io> {
  const has = (path: string) => Object.hasOwn(all, path);
  return {
    read: (path) => (has(path) ? (all[path] as string) : missing()),
    list: (path) => (has(path) ? null : missing()),
    write: () => undefined,
  };
}

function missing(): never {
  throw Object.assign(new Error('none'), { code: 'ENOENT' });
}

const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...Object.keys(files), 'broken', '-', some.node) },
  fc.constantFrom(
    '',
    '--',
    '-x',
    'nothing',
    '/',
    '..',
    '0',
    '-1',
    '1e9',
    '1/0',
    '10.0.0.0/8',
    '30000-1',
    'a=b,c',
    ':',
    'HEAD:',
  ),
  fc.constantFrom(
    'tcp 10.0.0.9:1 -> 10.96.0.10:80',
    'http://a.example/',
    'nat/KUBE-SERVICES/1',
    '__proto__',
    'default/a:b',
  ),
  packetText,
);

/** A flag as its own command declares it, with a value of its choices or any. */
function flag(option: Option): fc.Arbitrary<string[]> {
  const name = option.long ?? option.short ?? '';
  if (!option.required && !option.optional) return fc.constant<string[]>([name]);
  const value = option.argChoices ? fc.oneof(fc.constantFrom(...option.argChoices), word) : word;
  return fc.oneof(
    value.map((one): string[] => [name, one]),
    value.map((one): string[] => [`${name}=${one}`]),
    fc.constant<string[]>([name]),
  );
}

/** What does not end by itself, or writes, is tried elsewhere. */
const notHere = new Set([
  'serve',
  '--watch',
  '--update',
  '--output',
  '-o',
  '--listen',
  '--port',
  '--open',
  '--cache',
  '--coverage-dir',
]);

function lineOf(command: Command): fc.Arbitrary<string[]> {
  const options = command.options.filter(
    ({ long, short }) => !notHere.has(long ?? '') && !notHere.has(short ?? ''),
  );
  const part = fc.oneof(
    word.map((one): string[] => [one]),
    ...(options.length > 0 ? [fc.constantFrom(...options).chain(flag)] : []),
  );
  return fc.array(part, { maxLength: 6 }).map((parts) => [command.name(), ...parts.flat()]);
}

/** Command lines put together from what is declared, over recorded files and one that is broken. */
export async function commandTarget(): Promise<Target> {
  const program = await describeProgram(processIo, subcommands);
  const commands = program.commands.filter((command) => !notHere.has(command.name()));
  const broken = mutated(Object.values(files), ['a']);
  const line = fc.constantFrom(...commands).chain(lineOf);
  return {
    texts: fc.tuple(line, broken).map((both) => JSON.stringify(both)),
    async read(text) {
      const [args, brokenFile] = JSON.parse(text) as [string[], string];
      const { status, out, err } = await kubenat(
        args,
        {},
        onlyThese({ ...files, broken: brokenFile, '-': brokenFile }),
      );
      const said = `status ${status}, ${out.length} on stdout, ${err.length} on stderr`;
      if (![0, 1, 2].includes(status)) throw new Error(said);
      if (status === 2 && (out !== '' || err === '')) throw new Error(said);
    },
  };
}
