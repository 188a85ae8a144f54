import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fixtures } from '../cases.ts';
import { buildProgram } from '../hostile/process.ts';
import { pathOf, readPage } from '../pages.ts';

/** What a step did. */
export interface Done {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

type Env = Readonly<Record<string, string>>;

/** The repository that the page supposes, with the recipes' files in it, in which their steps are run. */
export interface Place {
  readonly folder: string;
  /** A file of the repository. */
  path(name: string): string;
  read(name: string): string;
  /** Runs the lines of one step as continuous integration does: it ends with the first that fails. */
  run(script: string, env?: Env): Done;
  git(...args: readonly string[]): string;
  remove(): void;
}

const page = 'docs/how-to/run-in-ci.md';

export async function makePlace(): Promise<Place> {
  const program = await buildProgram();
  const folder = mkdtempSync(join(tmpdir(), 'kubenat-recipes-'));
  const path = (name: string) => join(folder, name);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });

  for (const step of readPage(pathOf(page))) if (step.kind === 'file') write(step.name, step.text);
  for (const name of ['nodes.yaml', 'pods.yaml', 'service.yaml', 'svc.txt'])
    cpSync(join(fixtures, 'service-test', name), path(`manifests/${name}`));
  const expectations = readFileSync(join(fixtures, 'expect/service-test.kubenat.yaml'), 'utf8');
  const manifests = '[../manifests, ../manifests/svc.txt]';
  write('tests/web.kubenat.yaml', expectations.replace(/^manifests: .*$/m, `manifests: ${manifests}`));
  write('golden/web/golden.yaml', `manifests: ${manifests.replaceAll('../', '../../')}\n`);
  write('.gitignore', 'node_modules\n');
  // What pre-commit installs by itself, apart from npm; and npm.
  const kubenat = path('.git/hook/kubenat');
  writeTool(kubenat, `#!/bin/sh\nexec '${process.execPath}' '${program.script}' "$@"\n`);
  writeTool(path('.git/npm/npm'), npmFor(kubenat));

  const run = (script: string, env: Env = {}): Done => {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          NO_COLOR: '1',
          ...env,
          PATH: [path('.git/npm'), env.PATH ?? '', process.env.PATH].join(':'),
        },
      },
    );
    return { status, out: stdout, err: stderr };
  };
  git('init', '-q', '-b', 'main');
  // The golden files are those that somebody has looked at.
  run(`${kubenat} golden --update golden`);
  git('add', '-A');
  git('commit', '-qm', 'as reviewed');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  return {
    folder,
    path,
    read: (name) => readFileSync(path(name), 'utf8'),
    run,
    git,
    remove: () => {
      program.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * An npm that installs kubenat: the package of KUBENAT_PACKAGE where there is one, as `.ci/package` runs it; else what was
 * just built, without a network. It refuses to do anything else.
 */
function npmFor(program: string): string {
  const real = execFileSync('bash', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  return `#!/usr/bin/env bash
set -euo pipefail
[ "$1" = install ] || exit 64
prefix=. packages=() flags=()
while shift; [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=$2; shift ;;
    --*) flags+=("$1") ;;
    kubenat | kubenat@*) packages+=("\${KUBENAT_PACKAGE:-$1}") ;;
    *) exit 64 ;;
  esac
done
[ \${#packages[@]} = 1 ] || exit 64
mkdir -p "$prefix"
if [ -n "\${KUBENAT_PACKAGE:-}" ]; then exec '${real}' install "\${flags[@]}" --prefix "$prefix" "\${packages[@]}"; fi
mkdir -p "$prefix/node_modules/.bin"
cp '${program}' "$prefix/node_modules/.bin/kubenat"
`;
}

function writeTool(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}
