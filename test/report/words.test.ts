import { expect, test } from 'vitest';
import type { Reason } from '../../src/engine/reasons.ts';
import { sayReason } from '../../src/report/words/ko.ts';

const place = { table: 'nat', chain: 'KUBE-SERVICES', number: 3 };

test.each<readonly [object, string | null]>([
  [{ code: 'policy-drop', table: 'filter', chain: 'INPUT' }, 'filter/INPUT의 정책이 DROP임'],
  [
    { code: 'port-unknown', side: 'destination', ports: [80, 80, 30_000, 32_767] },
    '목적지 포트가 주어지지 않았고, 규칙이 묻는 포트는 80, 30000-32767',
  ],
  [
    { code: 'at-rule', place, reason: { code: 'match-unevaluated', name: 'bpf' } },
    '-m bpf은(는) 계산하지 않음(nat/KUBE-SERVICES의 규칙 3)',
  ],
  [{ code: 'at-rule', place, reason: { code: 'host', doubt: { because: 'a sentence' } } }, null],
])('a reason in Korean: %j', (reason, said) => {
  expect(sayReason(reason as Reason)).toBe(said);
});
