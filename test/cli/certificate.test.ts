import { expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const rule = '-A FORWARD -d 10.244.1.5/32 -p tcp -m tcp --dport 80 -j DROP\n';
const dump = (rules: string) => `*filter\n:FORWARD ACCEPT [0:0]\n${rules}COMMIT\n`;
const equal = { a: dump(rule), b: dump(rule + rule) };

/** A certificate, and what was said beside it. */
async function certify(files: Readonly<Record<string, string>>, ...flags: string[]) {
  const written = new Map<string, string>();
  const write = (path: string, text: string | Uint8Array) => void written.set(path, String(text));
  const run = await kubenat(['diff', '--certificate', 'c.json', ...flags, 'a', 'b'], files, { write });
  return { ...run, text: written.get('c.json') };
}

const verify = (text: string, files: Readonly<Record<string, string>>, ...flags: string[]) =>
  kubenat(['verify', '--packets', '300', ...flags, 'c.json', 'a', 'b'], { ...files, 'c.json': text });

test('a certificate says what was proved, from what, under which assumptions', async () => {
  const { status, text } = await certify(equal);
  expect(status).toBe(0);
  const { inputs, families, ...rest } = JSON.parse(text as string);
  expect(rest).toMatchObject({ schema: 2, claim: 'no packet changes fate', asked: { scope: 'all' } });
  const sha256 = /^[0-9a-f]{64}$/;
  const of = (name: string, role: string) => ({ name, role, sha256: expect.stringMatching(sha256) });
  expect(inputs).toEqual([of('a', 'before'), of('b', 'after')]);
  expect(families).toHaveLength(1);
  expect(families[0].assumed).toContainEqual(expect.stringContaining("the node's address is 192.0.2.10"));
  expect(families[0].assumed).toContainEqual(expect.stringContaining('no packet is marked when it arrives'));
});

test('it is the same text each time', async () => {
  expect((await certify(equal)).text).toBe((await certify(equal)).text);
});

test('it holds of the same texts, whatever they are called, and of no others', async () => {
  const { text } = await certify(equal);
  const held = await verify(text as string, equal);
  expect(held).toMatchObject({ status: 0, err: '' });
  expect(held.out).toMatch(/^Nothing contradicts c\.json: of the packets that were walked none changes fate/);
  expect(held.out).toMatch(/ipv4: \d+ packets were walked through both sides/);
  expect(held.out).toContain('assumed: no packet is marked when it arrives');
  const other = await verify(text as string, { ...equal, b: dump(rule + rule + rule) });
  expect(other).toMatchObject({ status: 2, out: '' });
  expect(other.err).toContain('c.json is of other inputs: after was b, and is b');
});

test('for programs', async () => {
  const { text } = await certify(equal);
  const { out } = await verify(text as string, equal, '--format', 'json');
  expect(JSON.parse(out)).toMatchObject({ holds: null, families: [{ family: 'ipv4', differing: [] }] });
});

test('what files say of the host is an input, too', async () => {
  const files = { ...equal, 'host.yaml': 'addresses: [192.168.0.2/24]\n' };
  const { text } = await certify(files, '--host', 'host.yaml');
  expect(await verify(text as string, files, '--host', 'host.yaml')).toMatchObject({ status: 0 });
  const without = await verify(text as string, files);
  expect(without).toMatchObject({ status: 2, out: '' });
  expect(without.err).toContain('host was host.yaml, and is nothing');
});

test('one that was changed is refused, also by somebody who seals it again', async () => {
  const { text } = await certify(equal);
  const assumed = (text as string).replace('no packet is marked when it arrives', 'nothing');
  expect(assumed).not.toBe(text);
  const changed = await verify(assumed, equal);
  expect(changed).toMatchObject({ status: 2, out: '' });
  expect(changed.err).toContain('its SHA-256 is another');
  const { certificate, seal } = await sealedAnew(assumed);
  const sealed = await verify(JSON.stringify({ ...certificate, sha256: seal }), equal);
  expect(sealed).toMatchObject({ status: 2, out: '' });
  expect(sealed.err).toContain('takes other things for granted');
});

async function sealedAnew(text: string) {
  const { sealOf } = await import('../../src/cli/certificate.ts');
  const certificate = JSON.parse(text);
  return { certificate, seal: sealOf(certificate) };
}

test('one of form 1, whose assumptions are sentences alone, is read', async () => {
  const { text } = await certify(equal);
  const { certificate } = await sealedAnew(text as string);
  const families = certificate.families.map(({ assumptions, ...rest }: { assumptions: unknown }) => rest);
  const old = { ...certificate, schema: 1, families };
  const { seal } = await sealedAnew(JSON.stringify(old));
  expect(await verify(JSON.stringify({ ...old, sha256: seal }), equal)).toMatchObject({ status: 0, err: '' });
});

test('one of another version may say its assumptions in other words, and takes no others', async () => {
  const { text } = await certify(equal);
  const later = (text as string).replace(/"kubenat": "[^"]*"/, '"kubenat": "99.0.0"');
  const reworded = later.replace('no packet is marked when it arrives', 'packets arrive without a mark');
  const others = later.replace('"unmarked-on-arrival"', '"flows-kept"');
  expect(new Set([later, reworded, others]).size).toBe(3);
  for (const [one, status] of [
    [reworded, 0],
    [others, 2],
  ] as const) {
    const { certificate, seal } = await sealedAnew(one);
    expect(await verify(JSON.stringify({ ...certificate, sha256: seal }), equal)).toMatchObject({ status });
  }
});

test('a certificate of what differs does not hold', async () => {
  const { sealOf, certifiedFamily } = await import('../../src/cli/certificate.ts');
  const { load } = await import('../proof/small.ts');
  const { text } = await certify(equal);
  const forged = JSON.parse(text as string);
  const files = { a: dump(rule), b: dump('') };
  const { createHash } = await import('node:crypto');
  const hash = (one: string) => createHash('sha256').update(one).digest('hex');
  forged.inputs[0].sha256 = hash(files.a);
  forged.inputs[1].sha256 = hash(files.b);
  const sides = [files.a, files.b].map((one) => ({
    name: 'x',
    ruleset: load(one),
    source: { name: 'x', text: one },
  }));
  const { before, after } = certifiedFamily(sides as never, []);
  Object.assign(forged.families[0], { before, after });
  forged.sha256 = sealOf(forged);
  const { status, out } = await verify(JSON.stringify(forged), files, '--packets', '4000');
  expect(status).toBe(1);
  expect(out).toMatch(/^c\.json does not hold: \d+ packets that were walked change fate/);
  expect(out).toContain('10.244.1.5:80');
});

test.each([
  ['another form', (text: string) => text.replace('"schema": 2', '"schema": 3'), 'form 3'],
  ['no certificate', () => '{"findings": []}', 'schema'],
  ['no JSON', () => '*filter\nCOMMIT\n', 'c.json'],
])('%s is refused', async (_, change, message) => {
  const { text } = await certify(equal);
  const { status, out, err } = await verify(change(text as string), equal);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toContain(message);
});

test('nothing is certified that is not proved', async () => {
  const { status, text, err } = await certify({ a: dump(rule), b: dump('') });
  expect({ status, text }).toEqual({ status: 1, text: undefined });
  expect(err).toContain('c.json is not written: it is not proved that no packet changes fate');
});

test.each([['--rollout'], ['--nodes', 'all']])('no certificate with %s', async (...flags) => {
  const { status, text } = await certify(equal, ...flags);
  expect({ status, text }).toEqual({ status: 2, text: undefined });
});

const chain = (rules: string) =>
  `table ip t {\n\tchain c {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\t${rules}\n\t}\n}\n`;
const nft = {
  a: chain('ip daddr 10.244.1.5 tcp dport { 80, 81 } drop'),
  b: chain('ip daddr 10.244.1.5 tcp dport 80 drop\n\t\tip daddr 10.244.1.5 tcp dport 81 drop'),
};

test('of rules of nft, and of both languages on one node', async () => {
  const drop = 'ip daddr 10.244.1.5 tcp dport 80 drop';
  const like = chain(drop).replace('ip t', 'ip filter').replace('chain c', 'chain FORWARD');
  for (const files of [nft, { a: dump(rule), b: like }]) {
    const { text, status } = await certify(files);
    expect(status).toBe(0);
    expect(await verify(text as string, files)).toMatchObject({ status: 0, err: '' });
  }
  const { text } = await certify(nft);
  const held = await verify(text as string, nft);
  expect(held.out).toMatch(/ipv4: \d+ packets were walked through both sides/);
  const other = await verify(text as string, { ...nft, b: chain('drop') });
  expect(other).toMatchObject({ status: 2, out: '' });
  expect(other.err).toContain('c.json is of other inputs: after was b, and is b');
  const none = await certify({ ...nft, b: chain('drop') });
  expect(none).toMatchObject({ status: 1, text: undefined });
  expect(none.err).toContain('c.json is not written');
});

test('of rules of nft that differ it does not hold', async () => {
  const { text } = await certify(nft);
  const files = { ...nft, b: chain('ip daddr 10.244.1.5 tcp dport 80 drop') };
  const forged = JSON.parse(text as string);
  const { createHash } = await import('node:crypto');
  const hash = (one: string) => createHash('sha256').update(one).digest('hex');
  const { text: of } = await certify({ a: files.b, b: files.b });
  forged.inputs[1].sha256 = hash(files.b);
  forged.families[0].after = JSON.parse(of as string).families[0].after;
  const { certificate, seal } = await sealedAnew(JSON.stringify(forged));
  const { status, out } = await verify(JSON.stringify({ ...certificate, sha256: seal }), files);
  expect(status).toBe(1);
  expect(out).toContain('10.244.1.5:81');
});
