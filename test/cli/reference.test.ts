import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { processIo } from '../../src/cli/io.ts';
import { printMan } from '../../src/cli/reference/man.ts';
import { printCommandsMarkdown } from '../../src/cli/reference/markdown.ts';
import { commandPages } from '../../src/cli/reference/pages.ts';
import { describeProgram } from '../../src/cli/run.ts';
import { subcommands } from '../../src/cli/subcommands.ts';
import { pathOf } from '../pages.ts';
import { kubenat } from './harness.ts';

const program = await describeProgram(processIo, subcommands);
const pages = commandPages(program);
const folder = mkdtempSync(join(tmpdir(), 'kubenat-shells-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** In CI all of these programs must be there. */
const isCi = process.env.KUBENAT_KERNEL === 'required';
const has = (name: string) => isCi || spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
/** To wait for zsh's terminal takes half a minute in all. */
const isTried = (shell: string) => (shell === 'zsh' ? isCi : has(shell));

test('the page of commands is that of the declarations', async () => {
  await expect(printCommandsMarkdown(pages)).toMatchFileSnapshot(pathOf('docs/reference/commands.md'));
});

test('so is the manual page', async () => {
  await expect(printMan(pages, program.description())).toMatchFileSnapshot(pathOf('man/kubenat.1'));
});

test.runIf(has('mandoc')).each([
  ['mandoc', '-T', 'lint', '-W', 'warning'],
  ['groff', '-man', '-Tutf8', '-ww', '-z'],
])('%s has nothing to say against the manual page', (tool, ...args) => {
  const page = join(folder, 'kubenat.1');
  writeFileSync(page, printMan(pages, program.description()));
  const { stdout, stderr, status } = spawnSync(tool, [...args, page], {
    encoding: 'utf8',
  });
  // man(7) wants a date, which would make a page of every day another one.
  const said = `${stdout}${stderr}`.split('\n').filter((line) => !line.includes('missing date'));
  expect({ said: said.join('\n'), status: status === 0 || said.join('') === '' }).toEqual({
    said: '',
    status: true,
  });
});

/** What a shell offers for the last word of a line. */
const shells: Readonly<Record<string, (script: string, line: string) => string>> = {
  bash: (script, line) => {
    const words = line.split(/[ ]|(?==)|(?<==)/);
    const list = words.map((word) => `'${word}'`).join(' ');
    const code = `source '${script}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _kubenat 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run('bash', ['-c', code]);
  },
  fish: (script, line) => run('fish', ['--no-config', '-c', `source '${script}'; complete -C '${line}'`]),
  // zsh completes only where somebody types: a terminal of its own, in which Tab lists what there is.
  zsh: (script, line) =>
    run('zsh', [
      '-f',
      '-c',
      `zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z 'PS1=; unsetopt zle_bracketed_paste 2>/dev/null; unset zle_bracketed_paste; autoload -U compinit; compinit -u -D; source "${script}"; stty -echo; LISTMAX=999; COLUMNS=200; bindkey "^I" list-choices; echo RE""ADY'
      zpty -r z answer '*READY*'
      zpty -n -w z $'${line}\\t'
      sleep 3
      zpty -r -t z answer; print -r -- "$answer"
      while zpty -r -t z answer; do print -r -- "$answer"; done
      zpty -d z`,
    ]),
};

function run(shell: string, args: readonly string[]): string {
  const { stdout } = spawnSync(shell, args, { encoding: 'utf8', cwd: folder, timeout: 60_000 });
  return stdout.replaceAll(new RegExp(`${'\u001b'}\\[[\\d;]*[A-Za-z]`, 'g'), ' ');
}

writeFileSync(join(folder, 'cluster.yaml'), '');

describe.each(Object.keys(shells))('%s completes', (shell) => {
  const script = join(folder, `kubenat.${shell}`);
  const offer = shells[shell] as (typeof shells)[string];

  test.runIf(isTried(shell)).each([
    ['kubenat ', ['compile', 'trace', 'diff', 'completion'], ['--family']],
    ['kubenat exp', ['explain'], ['compile']],
    ['kubenat compile --f', ['--family', '--format'], ['--node']],
    ['kubenat diff --format ', ['markdown', 'sarif', 'unified'], ['junit']],
    ['kubenat fmt --backend=', ['nft', 'legacy'], ['save']],
    ['kubenat get ', ['services'], ['compile']],
  ])('%j', { timeout: 60_000 }, async (line, wanted, unwanted) => {
    writeFileSync(script, (await kubenat(['completion', shell])).out);
    const offered = offer(script, line)
      .split(/\s+/)
      .map((word) => word.replace(/^--backend=/, ''));
    for (const word of wanted) expect(offered).toContain(word);
    for (const word of unwanted) expect(offered).not.toContain(word);
  });

  test.runIf(isTried(shell) && shell !== 'bash')('files', { timeout: 60_000 }, async () => {
    writeFileSync(script, (await kubenat(['completion', shell])).out);
    expect(offer(script, 'kubenat compile --config cl')).toContain('cluster.yaml');
    expect(offer(script, 'kubenat compile cl')).toContain('cluster.yaml');
  });
});

test('help errors says what a code means, and names the nearest', async () => {
  const { kubenat } = await import('./harness.ts');
  expect((await kubenat(['help', 'errors', 'port-range'])).out).toBe(
    'port-range: A number that should be a port is not between 1 and 65535.\n',
  );
  expect((await kubenat(['help', 'errors', 'shadowed'])).out).toContain('shadowed');
  expect((await kubenat(['help', 'errors'])).out).toContain('\nduplicate: ');
  const wrong = await kubenat(['help', 'errors', 'port-rnage']);
  expect(wrong).toMatchObject({ status: 2, out: '' });
  expect(wrong.err).toContain('port-range');
});

test('the help of help is that of all, and a second word is wrong', async () => {
  expect(await kubenat(['help', 'help'])).toEqual(await kubenat(['help']));
  expect(await kubenat(['help', 'trace', 'check'])).toMatchObject({
    status: 2,
    out: '',
    err: "error: help is of one command, and 'check' is a second word\n",
  });
});
