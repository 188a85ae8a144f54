// Says whether a tag may be released (`node scripts/release.mjs v1.2.3`): it must be the version of package.json, and the
// changelog must tell what is in it.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (name) => readFileSync(join(root, name), 'utf8');

/** What speaks against it, one sentence each. */
export function objections(tag, version, changelog) {
  const semantic = /^\d+\.\d+\.\d+(?:-[\dA-Za-z.-]+)?$/;
  const section = changelog.split(/^## /m).find((part) => part.startsWith(`[${version}]`));
  return [
    ...(semantic.test(version) ? [] : [`${version} is no semantic version`]),
    ...(tag === `v${version}` ? [] : [`the tag is ${tag}, the version of package.json ${version}`]),
    ...(section?.includes('\n- ') ? [] : [`CHANGELOG.md has no section [${version}] that says something`]),
    ...(/^\[[^\]]+\] - \d{4}-\d{2}-\d{2}$/m.test(section ?? '')
      ? []
      : [`the section [${version}] of CHANGELOG.md has no date`]),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { version } = JSON.parse(read('package.json'));
  const said = objections(process.argv[2] ?? '', version, read('CHANGELOG.md'));
  for (const one of said) process.stderr.write(`${one}\n`);
  process.exit(said.length > 0 ? 1 : 0);
}
