import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { type Case, cases, compileCase, fixtures } from '../cases.ts';
import { count } from '../claims.ts';
import { servicesInOrder } from './service-order.ts';

// What the program of each release, run beside an API server, left on a node that has nfacct objects, and whose iptables
// knows --random-fully.

const recorded = join(fixtures, 'conformance/iptables');
const newest = '1.37.2';

/** Where a release differs from the newest one, there is a recording of its own. */
function savedByProgram({ id }: Case, release: string): string {
  const name = `${id.slice(id.indexOf('/') + 1)}.save`;
  const own = join(recorded, release, name);
  return readFileSync(existsSync(own) ? own : join(recorded, newest, name), 'utf8');
}

describe.each(['1.32.9', '1.33.5', '1.34.4', '1.35.4', '1.36.3', newest])('kube-proxy %s', (kubeVersion) => {
  test.each(cases)('$id', (case_) => {
    const { ruleset } = compileCase(case_, { kubeVersion, nfacct: true, randomFully: true });
    expect(servicesInOrder(writeDump(ruleset))).toBe(servicesInOrder(savedByProgram(case_, kubeVersion)));
    count('compiled rules of later releases');
  });
});
