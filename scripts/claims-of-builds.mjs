// What two builds say of the same inputs, as data (`node scripts/claims-of-builds.mjs BEFORE AFTER [FIXTURES]`): BEFORE and AFTER
// are paths of two dist/cli/main.js. Runs both over every recorded case and dump of the fixtures, and prints each difference in
// fates, shares, proofs and findings; sentences are not compared. Exits with 1 where there is a difference, 2 where there was
// nothing to ask.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [before, after, fixtures = join(root, 'fixtures')] = process.argv.slice(2);
if (!before || !after) {
  process.stderr.write('node scripts/claims-of-builds.mjs BEFORE AFTER [FIXTURES]\n');
  process.exit(2);
}

/** Fields that hold sentences, or places in a text that the two may spell differently. */
const sentences = new Set([
  'because',
  'assumed',
  'notes',
  'message',
  'expected',
  'said',
  'text',
  'summary',
  'why',
  'line',
]);
const run = promisify(execFile);

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** The command lines that are asked, each with the name under which it is told. */
function* questions() {
  let last = null;
  for (const path of filesBelow(fixtures)) {
    if (!path.endsWith('.save') || statSync(path).size > 400_000) continue;
    const name = relative(fixtures, path);
    yield { name, args: ['check', path, '--format', 'json'] };
    const flows = join(dirname(path), 'flows.json');
    if (existsSync(flows))
      yield { name, args: ['trace', '--rules', path, '--flows', flows, '--format', 'json'] };
    if (last !== null && dirname(last) === dirname(path))
      yield {
        name: `${relative(fixtures, last)} and ${name}`,
        args: ['diff', last, path, '--format', 'json'],
      };
    last = path;
  }
}

/** Without what is said in sentences; probabilities to nine digits. */
function dataOf(value) {
  if (typeof value === 'number') return Number(value.toPrecision(9));
  if (Array.isArray(value)) return value.map(dataOf);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key]) => !sentences.has(key));
  return Object.fromEntries(members.map(([key, member]) => [key, dataOf(member)]));
}

async function answerOf(script, args) {
  const options = { maxBuffer: 1 << 28, timeout: 300_000 };
  const { code, stdout } = await run(process.execPath, [script, ...args], options).then(
    ({ stdout: out }) => ({ code: 0, stdout: out }),
    (error) => ({ code: error.code ?? 'killed', stdout: error.stdout ?? '' }),
  );
  try {
    return { status: code, data: dataOf(JSON.parse(stdout)) };
  } catch {
    return { status: code, data: null };
  }
}

/** Where two values differ, each with its path; what only one has is undefined on the other side. */
function* differences(left, right, path = '') {
  if (Object.is(left, right)) return;
  const areObjects = [left, right].every((value) => typeof value === 'object' && value !== null);
  if (!areObjects) {
    yield { path, left, right };
    return;
  }
  // What a build has learnt to say beside the old is no difference.
  const keys = new Set([...Object.keys(left), ...(Array.isArray(right) ? Object.keys(right) : [])]);
  for (const key of keys) yield* differences(left[key], right[key], `${path}/${key}`);
}

const show = (value) => (JSON.stringify(value) ?? 'nothing').slice(0, 120);
const mostShown = 6;
let asked = 0;
let differing = 0;
for (const { name, args } of questions()) {
  asked += 1;
  const [old, now] = await Promise.all([answerOf(before, args), answerOf(after, args)]);
  const found = [...differences(old, now)];
  if (found.length === 0) continue;
  differing += 1;
  process.stdout.write(`${args[0]} ${name}: ${found.length} differences\n`);
  for (const { path, left, right } of found.slice(0, mostShown))
    process.stdout.write(`  ${path}: ${show(left)} -> ${show(right)}\n`);
}
process.stdout.write(`${asked} questions, ${differing} answered differently\n`);
process.exitCode = asked === 0 ? 2 : differing > 0 ? 1 : 0;
