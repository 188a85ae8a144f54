import { basename, dirname, normalize } from 'node:path';
import { watch } from 'chokidar';
import { isExpectationName, isManifestName } from '../files/directory.ts';
import { type Answer, deliver } from './answer.ts';
import type { Io } from './io.ts';
import { isLeftOut } from './test-files.ts';

/** Changes that come this close together, in milliseconds, are one: editors write in several steps. */
const pause = 100;

/** Runs again whenever something changes that was read, or an expectation file appears, until somebody ends it. */
export function watchTests(io: Io, paths: readonly string[], work: (io: Io) => Answer): Promise<Answer> {
  const seen = new Seen();
  let status: 0 | 1 | 2 = 0;
  const run = async () => {
    status = await deliver(io, () => work(seen.watching(io)));
    io.err(`watching ${seen.files.size} files\n`);
  };
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const roots = paths.length === 0 ? ['.'] : [...paths];
    const watcher = watch([], {
      ignoreInitial: true,
      ignored: (path, stats) => seen.ignores(normalize(path), stats?.isFile() === true),
    });
    const again = async () => {
      await run();
      watcher.add([...roots, ...seen.files, ...seen.directories]);
    };
    watcher.on('all', (_event, path) => {
      if (seen.ignores(normalize(path), true)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        io.err(`\n${path} changed\n`);
        again().catch(reject);
      }, pause);
    });
    watcher.on('error', reject);
    const end = () => {
      clearTimeout(timer);
      watcher.close().then(() => resolve({ status: status === 0 ? 0 : 1, output: '' }), reject);
    };
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
    again().catch(reject);
  });
}

/** What was read. */
class Seen {
  readonly files = new Set<string>();
  readonly directories = new Set<string>();

  /** Notes what is read through it, were it only to find that it is not there. */
  watching(io: Io): Io {
    return {
      ...io,
      read: (path) => {
        if (path !== '-') this.files.add(normalize(path));
        return io.read(path);
      },
      list: (path) => {
        const names = io.list(path);
        if (names !== null) this.directories.add(normalize(path));
        return names;
      },
    };
  }

  ignores(path: string, isFile: boolean): boolean {
    if (this.files.has(path)) return false;
    if (isFile) {
      const listed = this.directories.has(dirname(path)) && isManifestName(path);
      return !listed && !isExpectationName(path);
    }
    return !this.directories.has(path) && isLeftOut(basename(path));
  }
}
