import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';

const root = join(import.meta.dirname, '../..');

/** The command line as a program of its own, made from the sources as they are: what `npm run build` left may be old. */
export interface Program {
  /** The script that `node` runs. */
  readonly script: string;
  /** The module that writes files whole. */
  readonly writer: string;
  run(args: readonly string[], options?: RunOptions): SpawnSyncReturns<string>;
  /** What a shell makes of a line in which `kubenat` stands for the program. */
  shell(line: string, options?: RunOptions): SpawnSyncReturns<string>;
  remove(): void;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Buffer;
  readonly node?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** No single run takes as long as this, in milliseconds, on however busy a machine, unless it hangs. */
const patience = 120_000;

export async function buildProgram(plugins: Plugin[] = []): Promise<Program> {
  mkdirSync(join(root, 'build'), { recursive: true });
  // Two folders below the root, as dist/cli is: package.json is looked for there.
  const folder = mkdtempSync(join(root, 'build/program-'));
  const input = { main: 'src/cli/main.ts', 'whole-file': 'src/files/whole-file.ts' };
  const output = { entryFileNames: '[name].js', chunkFileNames: 'part-[name].js' };
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins,
    build: {
      ssr: true,
      outDir: folder,
      target: 'node20',
      minify: false,
      rollupOptions: { input, output },
    },
  });
  const script = join(folder, 'main.js');
  const settings = ({ cwd, input = '', env }: RunOptions = {}) => ({
    encoding: 'utf8' as const,
    cwd: cwd ?? root,
    input,
    env: { ...process.env, ...env },
    timeout: patience,
    maxBuffer: 1 << 28,
  });
  return {
    script,
    writer: join(folder, 'whole-file.js'),
    run: (args, options) =>
      spawnSync(process.execPath, [...(options?.node ?? []), script, ...args], settings(options)),
    shell: (line, options) =>
      spawnSync(
        'bash',
        ['-c', `kubenat() { "${process.execPath}" "${script}" "$@"; }; ${line}`],
        settings(options),
      ),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
