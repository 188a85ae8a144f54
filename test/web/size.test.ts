import { existsSync, readFileSync, statSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import { embedData } from '../../src/report/page.ts';
import { dataOf, serviceTest, template } from './browser.ts';

describe.skipIf(!existsSync(template))('the page as a file', () => {
  test('has less than 400 KB without data', () => {
    expect(statSync(template).size).toBeLessThan(400_000);
  });

  test('names nothing outside of itself', () => {
    const page = readFileSync(template, 'utf8');
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(page).not.toMatch(/<(?:link|img|iframe|script)[^>]*\s(?:src|href)=/);
  });

  test('data cannot end the element that holds them', () => {
    const name = '</script><script>alert(1)</script><!--';
    const page = embedData(readFileSync(template, 'utf8'), dataOf(serviceTest, { title: name, state: name }));
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page).not.toContain('alert(1)</script>');
    const [, json = ''] =
      /<script id="kubenat-data" type="application\/json">(.*)<\/script>/.exec(page) ?? [];
    expect(JSON.parse(json).state).toBe(name);
  });

  test('a server may be asked for changes, and nothing else', () => {
    const page = embedData(readFileSync(template, 'utf8'), dataOf(serviceTest, { live: '/changes' }));
    expect(page).toContain("connect-src 'self'");
  });
});
