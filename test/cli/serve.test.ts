import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Io, processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { subcommands } from '../../src/cli/subcommands.ts';
import { fixtures } from '../cases.ts';

const folder = mkdtempSync(join(tmpdir(), 'serve-'));
const file = join(folder, 'service.yaml');

/** What the command says on standard error, as it says it. */
class Said {
  text = '';
  hear(text: string): void {
    this.text += text;
  }
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (let tries = 0; tries < 500; tries += 1) {
      const found = pattern.exec(this.text);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`it never said ${pattern}: ${this.text}`);
  }
}

interface Reply {
  readonly status: number | undefined;
  readonly text: string;
  readonly headers: Record<string, unknown>;
}

function ask(port: number, path: string, options: { method?: string; host?: string } = {}): Promise<Reply> {
  const headers = { host: options.host ?? `127.0.0.1:${port}` };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
    })
      .on('error', reject)
      .end();
  });
}

function start(args: readonly string[], said: Said): Promise<number> {
  const io: Io = { ...processIo, out: () => {}, err: (text) => said.hear(text), color: false };
  return run(['serve', ...args], io, subcommands);
}

describe('kubenat serve', () => {
  const said = new Said();
  let ended: Promise<number>;
  let port = 0;

  beforeAll(async () => {
    cpSync(join(fixtures, 'service-test'), folder, { recursive: true });
    ended = start(['--port', '0', '--node', 'node-1', folder], said);
    port = Number((await said.until(/127\.0\.0\.1:(\d+)/))[1]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('shows the page, which may ask nobody but its server', async () => {
    const { status, text, headers } = await ask(port, '/');
    expect(status).toBe(200);
    expect(text).toContain("connect-src 'self'");
    expect(text).toContain('"live":"/events"');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('listens at 127.0.0.1 alone', async () => {
    // All of 127.0.0.0/8 is this machine, and would be answered if it listened everywhere.
    const other = new Promise((resolve) => {
      request({ host: '127.0.0.2', port, path: '/', headers: { host: `127.0.0.1:${port}` } }, resolve)
        .on('error', ({ message }) => resolve(message))
        .end();
    });
    expect(await other).toMatch(/ECONNREFUSED/);
  });

  test('answers to its two names', async () => {
    expect((await ask(port, '/', { host: `localhost:${port}` })).status).toBe(200);
    expect((await ask(port, '/', { method: 'HEAD' })).text).toBe('');
  });

  test.each([
    ['another name', '/', { host: 'evil.example' }, 421],
    ['its address as the beginning of a name', '/', { host: '127.0.0.1.evil.example' }, 421],
    ['its address without its port', '/', { host: '127.0.0.1' }, 421],
    ['another name, for changes', '/events', { host: 'evil.example' }, 421],
    ['to write', '/', { method: 'POST' }, 405],
    ['another path', '/../../etc/passwd', {}, 404],
    ['a file', '/service.yaml', {}, 404],
  ] as const)('refuses %s', async (_, path, options, status) => {
    expect((await ask(port, path, options)).status).toBe(status);
  });

  test('a taken port is told', async () => {
    const other = new Said();
    expect(await start(['--port', String(port), '--node', 'node-1', folder], other)).toBe(2);
    expect(other.text).toContain(`port ${port} is taken`);
  });

  test('tells who looks when a file changes, and goes on with the old one while it is wrong', async () => {
    const events: string[] = [];
    const stream = request(
      { host: '127.0.0.1', port, path: '/events', headers: { host: `127.0.0.1:${port}` } },
      (response) => response.on('data', (chunk) => events.push(String(chunk))),
    );
    stream.on('error', () => {});
    stream.end();
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      `${text}\n---\n{apiVersion: v1, kind: Service, metadata: {name: other-one}, spec: {ports: [{port: 81}]}}\n`,
    );
    while (!events.join('').includes('changed')) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await ask(port, '/')).text).toContain('other-one');
    writeFileSync(file, text.replace('kind: Service', 'kind: [Service'));
    await said.until(/service\.yaml:\d+:\d+: error/);
    expect((await ask(port, '/')).text).toContain('other-one');
    stream.destroy();
  });

  test('ends when it is told to', async () => {
    process.emit('SIGINT');
    expect(await ended).toBe(0);
    await expect(ask(port, '/')).rejects.toThrow();
  });
});
