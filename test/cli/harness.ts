import { type Io, processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { subcommands } from '../../src/cli/subcommands.ts';

export interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. `files` stand over those on disk; `-` is standard input; `world` over the rest. */
export async function kubenat(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
  world: Partial<Io> = {},
): Promise<Run> {
  let out = '';
  let err = '';
  const io: Io = {
    ...processIo,
    read: (path) => files[path] ?? processIo.read(path),
    list: (path) => (Object.hasOwn(files, path) ? null : processIo.list(path)),
    out: (text) => {
      out += typeof text === 'string' ? text : new TextDecoder().decode(text);
    },
    err: (text) => {
      err += text;
    },
    color: false,
    language: 'en',
    terminal: false,
    columns: undefined,
    errColumns: undefined,
    ...world,
  };
  const status = await run(args, io, subcommands);
  return { status, out, err };
}
