import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchema } from '../../src/expect/file/schema.ts';
import { settingsShape } from '../../src/session/check/settings.ts';
import { sarifErrors } from '../report/sarif.ts';
import { kubenat } from './harness.ts';

const dump = (...lines: readonly string[]) => `*filter\n:INPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`;
const twice = dump('-A INPUT -j LOG', '-A INPUT -j LOG');
/** A warning, and an error. */
const both = `${twice}*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-MARK-MASQ - [0:0]
-A PREROUTING -j KUBE-MARK-MASQ
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
COMMIT
`;

async function codes(files: Readonly<Record<string, string>>, ...flags: readonly string[]) {
  const { status, out, err } = await kubenat(['check', '--format', 'json', ...flags, 'node.save'], files);
  const found = status === 2 ? err : JSON.parse(out).findings.map(({ code }: { code: string }) => code);
  return [status, found];
}

describe('which findings are told', () => {
  const files = { 'node.save': both };

  test.each([
    [[], 1, ['masquerade-missing', 'repeated']],
    [['--only', 'repeated'], 1, ['repeated']],
    [['--only', 'repeated,masquerade-missing'], 1, ['masquerade-missing', 'repeated']],
    [['--ignore', 'repeated'], 1, ['masquerade-missing']],
    [['--ignore', 'repeated', '--ignore', 'masquerade-missing'], 0, []],
  ])('%j', async (flags, status, found) => {
    expect(await codes(files, ...flags)).toEqual([status, found]);
  });

  test.each([
    ['--only', 'shadow'],
    ['--ignore', 'shadow'],
    ['--explain', 'shadow'],
  ])('%s with a misspelt code is refused, with the one that was meant', async (flag, code) => {
    const { status, err, out } = await kubenat(['check', flag, code, 'node.save'], files);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain('shadowed');
  });

  test('warnings are errors with --strict', async () => {
    const { out } = await kubenat(['check', '--strict', 'node.save'], { 'node.save': twice });
    expect(out).toContain('error[repeated]');
  });

  test('--explain without a code lists all', async () => {
    const { status, out } = await kubenat(['check', '--explain']);
    expect(status).toBe(0);
    expect(out).toMatch(/^repeated +warning +a rule that stands in its chain again$/m);
    expect((await kubenat(['check', '--explain', 'repeated'])).out).toMatch(/What to do: Remove the copy/);
  });
});

describe('what is empty', () => {
  test.each(['', '\n# nothing\n', '---\n# nothing\n---\n'])('%j is said', async (text) => {
    const plain = await kubenat(['check', 'node.save'], { 'node.save': text });
    expect(plain.status).toBe(0);
    expect(plain.err).toContain('warning[input-empty]: node.save is empty');
    const strict = await kubenat(['check', '--strict', 'node.save'], { 'node.save': text });
    expect([strict.status, strict.out]).toEqual([2, '']);
  });

  test('no file at all is refused', async () => {
    expect((await kubenat(['check'])).status).toBe(2);
  });
});

describe('comments that silence', () => {
  const copy = '-A INPUT -j LOG';
  test.each([
    ['in the line before', dump(copy, '# kubenat-ignore repeated: both logs want it', copy)],
    ['with another comment between', dump(copy, '# kubenat-ignore repeated: both', '# so', copy)],
    [
      "in the rule's own comment",
      dump(
        '-A INPUT -m comment --comment "kubenat-ignore repeated: both" -j LOG',
        '-A INPUT -m comment --comment "kubenat-ignore repeated: both" -j LOG',
      ).replace(/kubenat-ignore repeated: both/, 'first'),
    ],
  ])('%s', async (_, text) => {
    const { status, out } = await kubenat(['check', 'node.save'], { 'node.save': text });
    expect(out).toContain('1 finding silenced by comments');
    expect([status, out]).toEqual([0, expect.stringContaining('node.save: no findings')]);
  });

  test('speak for one place, and for one code', async () => {
    const other = dump(copy, '# kubenat-ignore shadowed: no', copy, copy);
    expect(await codes({ 'node.save': other })).toEqual([1, ['repeated', 'repeated', 'silence-unused']]);
  });

  test.each([
    ['kubenat-ignore repeated', /:4:3: error\[silence-syntax\]: a finding is silenced without a reason/],
    ['kubenat-ignore repeated:', /without a reason/],
    [
      'kubenat:ignore repeated so',
      /'kubenat:ignore' silences nothing[\s\S]*expected: # kubenat-ignore CODE: reason/,
    ],
    ['kubenat-disable repeated: so', /'kubenat-disable' silences nothing/],
    ['kubenat-ignore repeted: so', /'repeted' is no code of a finding[\s\S]*\^[\s\S]*expected: repeated/],
  ])('%s is refused in its place', async (comment, says) => {
    const { status, err } = await kubenat(['check', 'node.save'], {
      'node.save': dump(copy, `# ${comment}`, copy),
    });
    expect(status).toBe(2);
    expect(err).toMatch(says);
  });
});

describe('a baseline', () => {
  async function written(text: string): Promise<string> {
    let baseline = '';
    const write = (path: string, content: string) => {
      expect(path).toBe('known.json');
      baseline = content;
    };
    const { status, out } = await kubenat(
      ['check', '--write-baseline', 'known.json', 'node.save'],
      { 'node.save': text },
      { write },
    );
    expect([status, out]).toEqual([
      0,
      expect.stringMatching(/^known\.json: \d findings? written as known\n$/),
    ]);
    return baseline;
  }

  test('keeps known findings from being told again, whatever lines are added before them', async () => {
    const known = await written(both);
    const later = {
      'known.json': known,
      'node.save': both.replace('-A INPUT', '-A INPUT -s 10.0.0.1/32 -j ACCEPT\n-A INPUT'),
    };
    expect(await codes(later, '--baseline', 'known.json')).toEqual([0, []]);
  });

  test('what comes on top is told, what is gone is said', async () => {
    const files = {
      'known.json': await written(both),
      'node.save': dump('-A INPUT -j LOG', '-A INPUT -j LOG', '-A INPUT -j LOG'),
    };
    expect(await codes(files, '--baseline', 'known.json')).toEqual([1, ['repeated']]);
    const { out } = await kubenat(['check', '--baseline', 'known.json', 'node.save'], files);
    expect(out).toMatch(/1 finding of the baseline not told again\n1 finding of the baseline gone/);
  });

  test.each([
    '[]',
    '{"version": 2, "findings": []}',
    '{"version": 1, "findings": [{}]}',
    '{"version": 1, "findings": 3}',
    'nonsense',
  ])('%s is refused in its place', async (text) => {
    const files = { 'known.json': text, 'node.save': both };
    const { status, err } = await kubenat(['check', '--baseline', 'known.json', 'node.save'], files);
    expect(status).toBe(2);
    expect(err).toMatch(/^known\.json:\d+:\d+: error\[/);
  });
});

describe('.kubenat.yaml', () => {
  const fits = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    jsonSchema('Settings of kubenat', settingsShape),
  );
  const files = { 'node.save': both };

  test.each([
    ['check: { only: [repeated] }', 1, ['repeated']],
    ['check: { ignore: [repeated, { code: masquerade-missing, reason: known }] }', 0, []],
    [
      'check: { severity: { masquerade-missing: note, repeated: note } }',
      0,
      ['masquerade-missing', 'repeated'],
    ],
    [
      'check: { ignore: [{ code: repeated, service: a/b, reason: other }], strict: true }',
      1,
      ['masquerade-missing', 'repeated'],
    ],
    ['{}', 1, ['masquerade-missing', 'repeated']],
  ])('%s', async (text, status, found) => {
    expect(fits(parse(text)), JSON.stringify(fits.errors)).toBe(true);
    expect(await codes({ ...files, '.kubenat.yaml': text })).toEqual([status, found]);
    expect(await codes({ ...files, 'my.yaml': text }, '--settings', 'my.yaml')).toEqual([status, found]);
  });

  test.each([
    [
      'check: { only: [shadow] }',
      /^\.kubenat\.yaml:1:17: error\[field-value\]: "shadow" is not known here\n.*\n.*\^{6}\n {2}expected: shadowed/,
    ],
    ['check: { ignore: [{ code: repeated }] }', /a finding to ignore with no reason/],
    ['chek: {}', /a file of settings has no field "chek"/],
    ['check: { severity: { shadow: note } }', /has no field "shadow"[\s\S]*shadowed, perhaps/],
    ['check: { strict: 1 }', /expected: true or false/],
    ['check: [', /yaml-syntax/],
  ])('%s is refused in its place', async (text, says) => {
    const [status, err] = await codes({ ...files, '.kubenat.yaml': text });
    expect(status).toBe(2);
    expect(err).toMatch(says);
  });

  test('names a baseline beside it', async () => {
    const [status, err] = await codes(
      { ...files, 'there/my.yaml': 'check: { baseline: known.json }' },
      '--settings',
      'there/my.yaml',
    );
    expect([status, err]).toEqual([2, expect.stringContaining('there/known.json')]);
  });
});

describe('findings for programs', () => {
  const files = { 'a,b.save': both };
  const print = (format: string) => kubenat(['check', '--format', format, 'a,b.save'], files);

  test('as SARIF: by the schema of the committee', async () => {
    const { out } = await print('sarif');
    expect(sarifErrors(out)).toEqual([]);
    const [result] = JSON.parse(out).runs[0].results;
    expect(result).toMatchObject({
      ruleId: 'masquerade-missing',
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'a,b.save' }, region: { startLine: 9 } } }],
    });
  });

  test('as commands of GitHub Actions, with what would end them escaped', async () => {
    expect((await print('github')).out.split('\n')).toEqual([
      expect.stringMatching(
        /^::error file=a%2Cb\.save,line=9,title=kubenat masquerade-missing::nat KUBE-MARK-MASQ: packets/,
      ),
      '::warning file=a%2Cb.save,line=4,title=kubenat repeated::filter INPUT 2: the same as rule 1',
      '',
    ]);
  });

  test('as JUnit: a failure for each, and something that passes where there is none', async () => {
    const { out } = await print('junit');
    expect(out).toContain('<testsuites name="kubenat check" tests="2" failures="2" errors="0">');
    expect(out).toMatch(
      /<testcase name="repeated: the same as rule 1" classname="a,b\.save">\n\s*<failure message="the same as rule 1" type="repeated">a,b\.save:4\n-j LOG<\/failure>/,
    );
    const none = await kubenat(['check', '--format', 'junit', 'b'], { b: dump('-A INPUT -j LOG') });
    expect(none.out).toContain('<testsuite name="b" file="b" tests="1" failures="0" errors="0" skipped="0">');
  });

  test('as Markdown: a table, in which nothing of the input is a mark', async () => {
    const { out } = await print('markdown');
    expect(out).toContain('| 🟡 warning | `repeated` | a,b.save:4, filter INPUT 2 | the same as rule 1 |');
  });
});

test('both families of a dump are looked at', async () => {
  const text = `# Generated by iptables-save v1.8.9\n${twice}# Generated by ip6tables-save v1.8.9\n${twice}`;
  expect(await codes({ 'node.save': text })).toEqual([1, ['repeated', 'repeated']]);
  expect(await codes({ 'node.save': text }, '--family', 'ipv6')).toEqual([1, ['repeated']]);
});
