import type { CommandDetail } from '../report/words/command.ts';
import { collectScript } from '../session/collected.ts';
import { refuse } from '../session/refuse.ts';
import { want } from '../text/expected.ts';
import type { Answer } from './answer.ts';
import type { Subcommand } from './run.ts';

interface CollectFlags {
  readonly node?: string;
  readonly context?: string;
  readonly image: string;
  readonly ssh?: string;
}

/** `kubenat collect`: the command that a user runs to have what a node has in one file. Nothing is run here. */
export const collectCommand: Subcommand = {
  declare(command, _io, answer) {
    command
      .option(
        '--node <name>',
        'for a node of a cluster, through kubectl debug; without it, on the node itself',
      )
      .option('--context <name>', "with --node: the cluster, by kubectl's context")
      .option('--image <name>', 'with --node: an image that has chroot', 'busybox')
      .option('--ssh <target>', 'for a node that ssh leads to: root@node-1')
      .action((flags: CollectFlags) => answer(() => collectAnswer(flags)));
  },
};

function collectAnswer({ node, context, image, ssh }: CollectFlags): Answer {
  if (node !== undefined && ssh !== undefined)
    refuse<CommandDetail>(
      { code: 'flag-with', flag: '--ssh', others: ['--node'] },
      want.thing('one-of-them'),
    );
  if (context !== undefined && node === undefined)
    refuse<CommandDetail>(
      { code: 'flag-without', flag: '--context', other: '--node' },
      want.thing('node-flag-too'),
    );
  for (const word of [node, context, image, ssh]) checkWord(word);
  if (ssh !== undefined)
    return told(`ssh ${ssh} '${collectScript}' > ${fileName(ssh.slice(ssh.indexOf('@') + 1))}`);
  if (node === undefined) return told(`sh -c '${collectScript}' > node.txt`);
  const cluster = context === undefined ? '' : ` --context=${context}`;
  // What is printed before somebody listens is lost, so that the node waits for a line.
  const waiting = `sh -c 'read go; ${collectScript}'`;
  return told(
    `echo go | kubectl${cluster} debug node/${node} --quiet --stdin --profile=sysadmin --image=${image} -- chroot /host ${waiting} > ${fileName(node)}`,
  );
}

const told = (line: string): Answer => ({ status: 0, output: `${line}\n`, format: 'script' });

const fileName = (node: string): string => `${node.replace(/[^\w.-]/g, '-')}.txt`;

/** The words become part of a command line of a shell. */
function checkWord(word: string | undefined): void {
  if (word === undefined || /^[\w@%+=:,./[\]-]+$/.test(word)) return;
  refuse<CommandDetail>({ code: 'no-word-for-command', word }, want.thing('letters-and-signs'));
}
