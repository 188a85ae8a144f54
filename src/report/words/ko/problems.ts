import type { FilledNote } from '../../../kube/cluster/filled.ts';
import type { ProblemCode } from '../../../text/codes.ts';
import { shortened } from '../../../text/lists.ts';
import type { Problem, ProblemWords } from '../../../text/problem.ts';
import type { Told } from '../told.ts';
import { sayOf } from '../words-of.ts';
import { details } from './details.ts';
import { expectedWords } from './expected.ts';
import { filledWords } from './filled.ts';

/** What a problem of each code is. */
export const problemMeanings: Readonly<Record<ProblemCode, string>> = {
  'file-missing': '파일이나 디렉터리를 읽을 수 없음',
  'file-changed': '읽는 동안 파일이 변경됨',
  'collected-part': 'kubenat collect의 명령이 쓴 파일이 온전하지 않거나 필요한 것이 없음',
  'file-too-large': '파일이 너무 커서 읽을 수 없음',
  'input-limit': '중첩이나 앨리어스 반복이 허용 범위를 넘음',
  'text-encoding': '파일이 UTF-8 텍스트가 아님',
  'file-unwritable': '파일을 쓸 수 없음. 이전 내용은 그대로임',
  'directory-unread': '지정한 디렉터리의 하위 디렉터리를 읽지 않음',
  'build-needed': 'kustomization이나 차트가 있는 디렉터리이므로 먼저 빌드해야 함',
  'program-failed': '입력을 만들기 위해 실행한 프로그램이 실패함',
  'yaml-syntax': 'YAML 문법 오류',
  'json-syntax': 'JSON 문법 오류',
  'not-kubernetes': '쿠버네티스 오브젝트가 아님(apiVersion, kind 또는 이름이 없음)',
  'kind-unknown': '이 kind의 오브젝트는 읽지 않고 건너뜀',
  'field-missing': '필수 필드가 없음',
  'field-type': '필드 값의 타입이 쿠버네티스의 정의와 다름',
  'field-value': '쿠버네티스가 허용하지 않는 필드 값',
  'address-syntax': 'IP 주소나 주소 범위(CIDR)의 형식이 아님',
  'port-range': '포트가 허용 범위를 벗어남',
  'name-syntax': '쿠버네티스가 요구하는 이름 형식이 아님',
  'field-conflict': '오브젝트의 두 필드가 서로 모순됨',
  duplicate: '하나만 있어야 하는 것이 중복됨',
  'address-family': '주소의 체계(IPv4, IPv6)가 관련 필드와 다름',
  'table-syntax': 'kubectl이 출력한 표처럼 시작하지만 형식이 맞지 않는 행이 있음',
  'table-conflict': 'kubectl이 출력한 표가 매니페스트와 모순됨',
  'table-cut': 'kubectl이 출력한 표에 일부만 표시됨',
  'range-exhausted': '주소나 포트 범위에 남은 값이 없음',
  'no-services': '매니페스트에 서비스가 없어 컴파일할 것이 거의 없음',
  'config-unused': '매니페스트 사이에 있는 kube-proxy 설정은 적용되지 않음',
  'no-endpoints':
    '서비스의 엔드포인트 정보가 없거나(엔드포인트가 없는 것으로 처리함) 일부만 있음(알 수 없는 것으로 처리함)',
  'endpoints-unknown': '서비스의 엔드포인트가 있을 수 있는 입력을 이해하지 못하여 엔드포인트를 알 수 없음',
  'not-watched': '레이블 때문에 kube-proxy가 처리하지 않는 오브젝트',
  'helm-template': '읽을 수 없는 파일이 Helm 차트의 템플릿으로 보임',
  'target-port-unknown': '서비스가 가리키는 targetPort가 서비스가 선택한 파드에 없어 엔드포인트가 없음',
  'not-compiled': '이 kind의 오브젝트는 읽지만 아직 컴파일하지 않음',
  assumed: '매니페스트에 없는 값을 정함',
  'nft-refuses': '이 릴리스의 kube-proxy가 보내는 것을 nft가 거부하여 노드에 테이블이 없음',
  'proxy-config': 'kube-proxy 설정이 지원하지 않는 것을 요구하거나 서로 모순됨',
  'field-unknown': '알 수 없는 필드이므로 무시함(쿠버네티스 객체이면 kubectl apply가 기본적으로 거부함)',
  'node-choice': '어느 노드인지 정할 수 없거나 그런 노드가 없음',
  'other-family': '다른 주소 체계도 있으나 이 결과에는 포함되지 않음',
  'release-unknown': 'kube-proxy의 릴리스를 알 수 없음',
  'merge-parts': '합치려는 결과가 한 실행의 일부가 아니거나 일부가 빠져 있음',
  'flag-value': '인자나 플래그를 이렇게 쓸 수 없음',
  'proxy-mode': 'kube-proxy의 iptables 모드 규칙이 아니거나 kube-proxy의 규칙이 아님',
  'dump-syntax': 'iptables-restore가 읽을 수 없는 행',
  'nothing-to-certify': '증명이 없어 인증서를 쓸 수 없음',
  'proof-refuted': '두 절차의 증명이 서로 다름(kubenat의 결함)',
  'rules-missing':
    '노드의 규칙 중 일부가 주어지지 않았거나 그대로 읽을 수 없음. 이를 어떻게 처리하는지는 문제마다 표시됨',
  'dump-encoding': '옛 표기나 다른 시스템의 줄 바꿈이 있지만 읽을 수 있음',
  'table-twice': 'iptables의 테이블이 덤프와 nft 룰셋에 모두 있고 서로 다름',
  'load-order': '규칙을 적재한 순서를 가정함',
  'table-unknown': 'netfilter에 없는 테이블',
  'chain-unknown': '존재하지 않는 체인을 사용함',
  'chain-name': '체인 이름으로 쓸 수 없음',
  'chain-loop': '체인이 서로 순환하여 점프함',
  'chain-in-use': '아직 사용 중인 체인은 삭제하거나 이름을 바꿀 수 없음',
  'too-many-ways': '확률에 따라 나뉘는 상태가 추적할 수 있는 수보다 많음',
  'rule-missing': '삭제, 삽입 또는 교체할 위치의 규칙이 없음',
  'commit-missing': '테이블이 COMMIT으로 끝나지 않음',
  'option-unknown': '알 수 없는 옵션, 매치 또는 타깃',
  'option-value': '옵션에 쓸 수 없는 값',
  'option-missing': '옵션의 값이 없거나, 매치나 타깃에 필요한 옵션이 없음',
  'option-conflict': '함께 쓸 수 없는 옵션이거나 같은 옵션이 두 번 주어짐',
  'option-needs': '다른 옵션이나 프로토콜이 있어야 하는 옵션',
  'option-negation': '부정(!)할 수 없는 옵션',
  'target-place': '이 테이블이나 이 훅의 체인에서 쓸 수 없는 타깃 또는 매치',
  'nft-syntax': 'nft가 읽을 수 없는 텍스트',
  'nft-unknown': '이해하지 못하는 구문을 그대로 유지함',
  'nft-name': '테이블, 체인, 집합 등이 존재하지 않거나 이미 존재함',
  'nft-refused': 'nft나 커널이 룰셋을 거부함',
  'nft-lost': 'nft가 출력한 iptables 규칙에 빠진 내용이 있음',
  'not-translated': 'nft에서 똑같이 동작한다고 증명되지 않았거나 nft에 해당하는 형식이 없는 iptables 규칙',
  'translated-otherwise': '패킷에 영향이 없는 것(주석, 체인 이름)이 nft에서 달라짐',
  'packet-syntax': '패킷 표기의 문법 오류',
  'packet-family': '패킷의 주소 체계가 규칙과 다름',
  'interface-unknown': '노드에 없는 인터페이스에서 온 패킷',
  'log-syntax': '패킷이나 연결을 보여 주는 로그 행이 없음',
  'set-syntax': 'ipset save가 출력하지 않는 행',
  'chain-missing': '테이블에 없는 체인으로 점프하는 규칙',
  'service-choice': '어느 서비스인지 정할 수 없거나 그런 서비스가 없음',
  'ingress-backend': '인그레스 백엔드의 서비스나 포트가 없거나 지정되지 않음',
  'ingress-balancer': '인그레스 뒤의 서비스에 자신의 로드밸런서도 있음',
  'ingress-duplicate': '두 인그레스가 같은 호스트와 경로를 사용함',
  'ingress-node-port': '외부 로드밸런서가 노드포트에 연결하지만 서비스에 노드포트가 없음',
  'ingress-resource': '서비스가 아닌 백엔드이며 그 컨트롤러만 처리 방법을 앎',
  'ingress-secret': '인그레스에 호스트의 인증서가 없음',
  'url-syntax': 'HTTP나 HTTPS URL의 형식이 아님',
  'expectation-missing': '기대 파일이 없거나 해당하는 기대가 없음',
  'coverage-low': '기대가 확인하는 규칙이 요구한 것보다 적음',
  'silence-syntax': '문제를 숨기는 주석에 없는 코드가 있거나 이유가 없음',
  'input-empty': '텍스트가 비어 있음',
  'golden-missing': '골든 파일의 케이스가 없음',
  'golden-name': '골든 파일의 이름 형식이 아니므로 비교하지 않음',
};

const isOfFilled = (problem: Problem): problem is FilledNote => 'filled' in problem;

function sayFilled({ filled: { kind, names, all } }: FilledNote): string {
  const subject = `${kind} ${shortened(names, (more) => ` 외 ${more}개`)}`;
  return `${subject}: ${all.map((one) => sayOf(filledWords, one)).join('; ')}`;
}

/** What a code means stands before details, which are told in English where they are found. */
export const problemWords: ProblemWords = {
  tell: (problem) => {
    if (problem.language === 'ko') return { message: problem.message, detail: null };
    if (problem.detail) return { message: sayOf(details, problem.detail as Told), detail: null };
    if (isOfFilled(problem)) return { message: sayFilled(problem), detail: null };
    return { message: problemMeanings[problem.code], detail: problem.message };
  },
  severities: { error: '오류', warning: '경고', note: '참고' },
  detail: (detail) => `상세: ${detail}`,
  expected: (expected) => `올바른 값: ${expectedWords(expected)}`,
  moreNotes: (number) => `… 같은 종류의 알림 외 ${number}개(--verbose로 모두 표시)`,
  moreErrors: (number) => `… 오류 외 ${number}개`,
};
