import { watch } from 'chokidar';

/** Changes that come this close together, in milliseconds, are one: editors write in several steps. */
const pause = 100;

/** Calls `changed` when one of the files, or something in one of the directories, changes. Gives what ends that. */
export async function watchFiles(
  paths: readonly string[],
  changed: () => void,
): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch([...paths], { ignoreInitial: true });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(changed, pause);
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
