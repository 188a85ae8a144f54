import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const folder = join(fixtures, 'diff');
const changes = readdirSync(folder).filter((name) => name !== 'before');

interface Expected {
  readonly status: 0 | 1;
  /** Of every service that packets notice: the respects in which its widest classes change. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  /** What the first lines must say. */
  readonly says: readonly RegExp[];
}

/** What Kubernetes documents of each change. */
const expected: Readonly<Record<string, Expected>> = {
  'scale-up': {
    status: 1,
    services: { 'shop/web:http': ['endpoints'] },
    says: [/\+10\.244\.1\.6:8080/, /33\.3 % → 25 %/],
  },
  'scale-to-zero': { status: 1, services: { 'shop/web:http': ['loss'] }, says: [/now rejected/] },
  'port-renamed': {
    status: 0,
    services: {},
    says: [/no packet changes fate \(proved\)/, /shop\/web:www \(added\)/],
  },
  'cluster-ip-to-load-balancer': {
    status: 1,
    services: { 'shop/web:http': ['exposure'] },
    says: [
      /load balancer IP 203\.0\.113\.10:80\/tcp: now reachable from outside/,
      /node port 30090\/tcp: now reachable from outside on every node/,
    ],
  },
  'policy-local': {
    status: 1,
    services: { 'shop/front:http': ['source-ip', 'endpoints'] },
    says: [/source IP now preserved/, /−10\.244\.2\.15:8080/, /50 % → 100 %/],
  },
  'source-range-widened': {
    status: 1,
    services: { 'shop/entry:https': ['exposure'] },
    says: [
      /load balancer IP 203\.0\.113\.30:443\/tcp: now reachable from outside/,
      /198\.51\.0\.0 to 198\.51\.99\.255/,
    ],
  },
  'affinity-on': {
    status: 1,
    services: { 'shop/web:http': ['affinity'] },
    says: [/clients are now remembered/],
  },
  'node-port-changed': {
    status: 1,
    services: { 'shop/front:http': ['exposure', 'loss'] },
    says: [/node port 30081\/tcp: now reachable/, /node port 30080\/tcp: no longer sent to endpoints/],
  },
  'service-renamed': {
    status: 0,
    services: {},
    says: [
      /no packet changes fate \(proved\)/,
      /\+ shop\/shopfront:http \(added\)/,
      /− shop\/web:http \(removed\)/,
    ],
  },
  'endpoint-not-ready': {
    status: 1,
    services: { 'shop/web:http': ['endpoints'] },
    says: [/−10\.244\.2\.6:8080/, /33\.3 % → 50 %/],
  },
  'cluster-cidr-changed': {
    status: 1,
    services: {
      'shop/web:http': ['source-ip'],
      'shop/front:http': ['source-ip'],
      'shop/entry:https': ['source-ip'],
    },
    says: [/source 10\.245\.0\.0\/16/, /source IP now preserved/],
  },
  'masquerade-all': {
    status: 1,
    services: {
      'shop/web:http': ['source-ip'],
      'shop/front:http': ['source-ip'],
      'shop/entry:https': ['source-ip'],
    },
    says: [/source IP now masqueraded/],
  },
};

const run = (name: string, ...flags: string[]) =>
  kubenat(['diff', join(folder, 'before'), join(folder, name), ...flags]);

/** What fits a screen. */
const mostLines = 25;
const linesOf = (text: string) => text.trimEnd().split('\n').length;

/** Paths of this machine do not belong into a golden file. */
const portable = (text: string) => text.replaceAll(`${folder}/`, '');

interface Json {
  readonly classes: readonly {
    readonly service: string | null;
    readonly supposed?: readonly string[];
    readonly severity: string;
    readonly effects: readonly { readonly kind: string }[];
    readonly witness: { readonly packet: string; readonly state: string; readonly confirmed: boolean };
  }[];
  readonly unproved: readonly unknown[];
}

describe('changes that a reviewer meets', () => {
  test('every folder has its expectation', () => {
    expect(changes.sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(changes)('%s', async (name) => {
    const { status, services, says } = expected[name] as Expected;
    const text = await run(name);
    expect(text.status).toBe(status);
    for (const pattern of says) expect(text.out).toMatch(pattern);
    const { classes, unproved } = JSON.parse((await run(name, '--format', 'json')).out) as Json;
    expect(unproved).toEqual([]);
    expect([...new Set(classes.map(({ service }) => service))].sort()).toEqual(Object.keys(services).sort());
    for (const [service, kinds] of Object.entries(services)) {
      const own = classes.filter((one) => one.service === service);
      expect(own.flatMap(({ effects }) => effects.map(({ kind }) => kind))).toEqual(
        expect.arrayContaining([...kinds]),
      );
    }
    for (const { witness, supposed } of classes)
      if (!supposed) expect(witness.confirmed, witness.packet).toBe(true);
    expect(linesOf(text.out)).toBeLessThanOrEqual(mostLines);
    await expect(portable(text.out)).toMatchFileSnapshot(join(folder, name, 'report.txt'));
  });

  test.each(changes)('%s, as a review comment', async (name) => {
    const { out } = await run(name, '--format', 'markdown');
    expect(linesOf(out)).toBeLessThanOrEqual(mostLines);
    await expect(portable(out)).toMatchFileSnapshot(join(folder, name, 'report.md'));
  });
});
