import { fork } from 'node:child_process';
import { join } from 'node:path';

/** No word for so long: an endless loop that does not pass the mutant. */
const silence = 90_000;
const heap = 2000;

/** A process that tries mutants, one at a time. One that ends by itself, or says nothing any more, has found a mutant too. */
export async function startWorker(job, root) {
  const child = fork(join(import.meta.dirname, 'worker.mjs'), [job], {
    cwd: root,
    execArgv: [`--max-old-space-size=${heap}`, '--no-warnings'],
    env: { ...process.env, KUBENAT_RUNS: '1' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let tried = 0;

  /** Hands every message to `take` until it says that it was the last. */
  const until = (take) =>
    new Promise((resolve) => {
      const stopped = (value) => {
        clearTimeout(timer);
        child.off('message', heard);
        child.off('exit', left);
        resolve(value);
      };
      const giveUp = () => {
        child.kill('SIGKILL');
        stopped({ status: 'timeout', gone: true });
      };
      let timer = setTimeout(giveUp, silence);
      const heard = (message) => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, silence);
        const last = take(message);
        if (last) stopped(last);
      };
      const left = () => stopped({ status: 'timeout', gone: true });
      child.on('message', heard);
      child.on('exit', left);
    });

  await until(({ ready }) => ready);
  return {
    async dryRun(files, report) {
      let left = files.length;
      child.send({ dry: files });
      const end = await until((message) => {
        if (message.alive) return false;
        report(message);
        return --left === 0;
      });
      if (end.gone) throw new Error('the tests do not come to an end without a mutant');
    },
    tryMutant(mutant) {
      tried++;
      child.send({ mutant });
      return until((message) => (message.id === mutant.id ? message : undefined));
    },
    /** What is evaluated anew leaves something behind. */
    spent: () => tried >= 100,
    stop: () => child.kill('SIGKILL'),
  };
}
