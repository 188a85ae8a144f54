// Checks the licence of every package that is installed (`npm run licences`), and gives the notices of those whose code is
// put into the page and into the command, where it is given on to others.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** SPDX names. What is given on to users may ask for no more than to be named; tools may ask for more. */
const given = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT'];
const used = [...given, 'BlueOak-1.0.0', 'CC-BY-4.0', 'MPL-2.0', 'Python-2.0'];

/** Of `A OR B` one must be allowed, of `A AND B` both. */
export function isAllowed(expression, allowed) {
  return expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((name) => allowed.includes(name)));
}

const manifestOf = (path) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));

/** The packages of the lock file that are installed here; those of other platforms are not. */
function installed() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path]) => path !== '' && existsSync(join(root, path, 'package.json')))
    .map(([path, { dev = false }]) => ({ dev, ...manifestOf(path) }));
}

const sayOf = ({ name, version, license }) => `${name} ${version}: ${license ?? 'no licence'}`;

/** The notice of every package of which a module is among `modules`, which are paths. Throws where one must not be given on. */
export function noticesOf(modules, holder = 'The page') {
  const paths = modules.flatMap((id) => /^.*(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []);
  const texts = [...new Set(paths)].toSorted().map((path) => {
    const manifest = manifestOf(path);
    if (!isAllowed(manifest.license ?? '', given)) throw new Error(`${sayOf(manifest)} is given on to users`);
    const file = readdirSync(join(root, path)).find((name) => /^licen[cs]e/i.test(name));
    if (!file) throw new Error(`${manifest.name} has no licence file`);
    return { names: `${sayOf(manifest)}\n`, text: readFileSync(join(root, path, file), 'utf8').trim() };
  });
  return `${holder} holds code of these packages.\n\n${joined(texts).join('\n\n')}`;
}

/** Who holds the copyright, and the name of the licence above, stand before its text. */
const isOwn = (paragraph) => /^(?:copyright |(?:the )?[a-z]+ license)/i.test(paragraph);

/** Licences of one wording stand once, behind all that they are of, each with those who hold its copyright. */
function joined(notices) {
  const groups = new Map();
  for (const { names, text } of notices) {
    const paragraphs = text.split(/\r?\n(?:[ \t]*\r?\n)+/);
    const own = paragraphs.filter(isOwn);
    const shared = paragraphs.filter((paragraph) => !isOwn(paragraph)).join('\n\n');
    const wording = shared.replace(/[“”]/g, '"').replace(/\s+/g, ' ').toLowerCase();
    const group = groups.get(wording) ?? { heads: [], shared };
    group.heads.push([names, ...own].join('\n'));
    groups.set(wording, group);
  }
  return [...groups.values()].map(({ heads, shared }) => `${heads.join('\n\n')}\n\n${shared}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = installed();
  const wrong = all.filter(({ dev, license = '' }) => !isAllowed(license, dev ? used : given));
  for (const one of wrong) process.stderr.write(`${sayOf(one)} is not among the licences that are allowed\n`);
  process.stdout.write(
    `${all.length} packages, ${all.filter(({ dev }) => !dev).length} of them given on to users\n`,
  );
  process.exit(wrong.length > 0 ? 1 : 0);
}
