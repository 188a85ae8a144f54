import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Io, processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { subcommands } from '../../src/cli/subcommands.ts';
import { fixtures } from '../cases.ts';
import { dataOf, inBrowser, open, openAddress, serviceTest, withBrowser } from './browser.ts';

inBrowser('kubenat serve, in a browser', () => {
  withBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'serve-page-'));
  const file = join(folder, 'service.yaml');
  let ended: Promise<number>;
  afterAll(async () => {
    process.emit('SIGINT');
    await ended;
    rmSync(folder, { recursive: true });
  });

  test('the page follows the files, and the reader stays where he is', async () => {
    cpSync(join(fixtures, 'service-test'), folder, { recursive: true });
    let said = '';
    const err = (text: string) => {
      said += text;
    };
    const io: Io = { ...processIo, out: () => {}, err, color: false };
    ended = run(['serve', '--port', '0', '--node', 'node-2', folder], io, subcommands);
    await expect.poll(() => said, { timeout: 20_000 }).toMatch(/127\.0\.0\.1:\d+/);
    const [address = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said) ?? [];
    const { page, trouble } = await openAddress(`${address}#view=chains`);
    await page.getByText('external Cluster').first().waitFor();
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('type: LoadBalancer', 'type: LoadBalancer\n  externalTrafficPolicy: Local'),
    );
    await page.getByText('external Local').first().waitFor({ timeout: 20_000 });
    expect(new URL(page.url()).hash).toBe('#view=chains');
    expect(await page.locator('h2').innerText()).toBe('Chains');
    // A file with a fault leaves the page as it is.
    writeFileSync(file, text.replace('kind: Service', 'kind: [Service'));
    await expect.poll(() => said, { timeout: 20_000 }).toMatch(/service\.yaml:\d+:\d+: error/);
    expect(await page.getByText('external Local').count()).toBeGreaterThan(0);
    expect(trouble).toEqual([]);
    // No other page can read it.
    const { page: other } = await open(dataOf(serviceTest));
    await other.goto('about:blank');
    const stolen = await other.evaluate(
      (url) =>
        fetch(url, { mode: 'cors' }).then(
          (answer) => answer.text(),
          () => 'refused',
        ),
      address,
    );
    expect(stolen).toBe('refused');
    const framed = await other.evaluate(async (url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener('load', resolve));
      return frame.contentDocument === null;
    }, address);
    expect(framed).toBe(true);
  }, 300_000);
});
