/** Owners of chains that have a name in words; those of programs are what they are. */
const names: Readonly<Record<string, string>> = {
  "kube-proxy's ipvs mode": 'kube-proxy의 ipvs 모드',
  'host ports of the container runtime': '컨테이너 런타임의 호스트 포트',
  'the Amazon VPC CNI': 'Amazon VPC CNI',
  'the CNI plugins': 'CNI 플러그인',
  'somebody else': '알려지지 않은 프로그램',
};

/** Who makes a chain; null: nobody knows. */
export function sayOwner(owner: string | null): string {
  return names[owner ?? 'somebody else'] ?? (owner as string);
}
