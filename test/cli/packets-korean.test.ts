import { expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const cluster = ['--node', 'node-2', 'fixtures/service-test', 'fixtures/service-test/svc.txt'];

test.each([
  ['tcp 198.51.100.7:x -> 10.100.0.3:80', 'x은(는) 포트 번호가 아님'],
  ['tcp 198.51.100 -> 10.100.0.3:80', '198.51.100은 IP 주소가 아님'],
  ['tcp 198.51.100.7 -> ::1', '출발지와 목적지의 주소 체계가 다름'],
  ['tcp 198.51.100.7 -> 10.100.0.3:80 flags SYM', 'SYM은(는) TCP 플래그가 아님'],
  ['tcp 198.51.100.7', '패킷 표기가 중간에 끝남'],
  ['tcp 198.51.100.7 -> 10.100.0.3:80 from wlan9', '노드에 없는 인터페이스: wlan9'],
])('what is wrong with %s is told in Korean', async (packet, said) => {
  const { status, err } = await kubenat(['trace', '--packet', packet, ...cluster], {}, { language: 'ko' });
  expect(status).toBe(2);
  expect(err.split('\n')[0]?.replace(/^.*: /, '')).toBe(said.replace(/^.*: /, ''));
});
