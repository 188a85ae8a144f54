import type { CommandHelp, CommandName, HelpWords, UsageWords } from '../help.ts';

export const helpWords: HelpWords = {
  about: '쿠버네티스 서비스를 iptables와 nftables 규칙으로 컴파일, 추적, 비교',
  purposes: {
    see: '클러스터의 동작 보기:',
    review: '변경 검토:',
    'look-after': '노드 관리:',
    write: '규칙 작성:',
    besides: '그 밖의 명령:',
  },
  headings: {
    'Usage:': '사용법:',
    'Arguments:': '인자:',
    'Options:': '플래그:',
    'Global Options:': '공통 플래그:',
    'Commands:': '명령:',
    '[options]': '[플래그]',
    '[command]': '[명령]',
  },
  choices: (choices) => `가능한 값: ${choices}`,
  byDefault: (value) => `기본값: ${value}`,
  helpOfCommand: '명령의 도움말',
  showsHelp: '도움말을 표시',
  examples: '예시:',
  rest: (command) => `모든 플래그와 예시: kubenat help ${command} --verbose`,
  restOfAll: [
    '모든 명령에 쓸 수 있는 플래그: kubenat help --verbose',
    '오류나 문제의 코드 설명: kubenat help errors CODE',
  ],
};

export const usageWords: UsageWords = {
  error: '오류',
  missingArgument: (name) => `필수 인자가 없음: ${name}`,
  missingValue: (flag) => `플래그 '${flag}'의 값이 없음`,
  unknownFlag: (flag) => `알 수 없는 플래그 '${flag}'`,
  tooMany: (command, expected, given) =>
    `'${command}'의 인자가 너무 많음. 최대 ${expected}개이나 ${given}개가 주어짐`,
  unknownCommand: (name) => `알 수 없는 명령 '${name}'`,
  invalidFlag: (flag, value) => `플래그 '${flag}'에 '${value}' 값을 쓸 수 없음.`,
  invalidArgument: (name, value) => `인자 '${name}'에 '${value}' 값을 쓸 수 없음.`,
  allowed: (choices) => `쓸 수 있는 값: ${choices.join(', ')}`,
  size: '바이트 수를 숫자로 쓰거나 K, M, G를 붙임',
  mean: (near) => `(혹시 ${near}?)`,
  oneCommand: (second) => `help에는 명령 하나만 지정할 수 있음. 두 번째 단어: '${second}'`,
};

/** Flags of `kubenat` itself, which all commands take. */
export const commonFlags: Readonly<Record<string, string>> = {
  '--version': '버전과 지원하는 다른 프로그램의 릴리스를 출력',
  '--quiet': '출력 없이 종료 코드만. 오류는 출력',
  '--summary': '결론만 출력',
  '--verbose': '같은 종류의 알림을 묶지 않고 모두 출력',
  '--max-input': '이보다 큰 입력은 읽지 않음. 예: 64M(기본값: Node.js의 메모리가 허용하는 최대)',
  '--color': '색: 터미널에서만(auto), 항상, 사용 안 함',
  '--lang': '결과와 오류의 언어. 기본값은 LANG의 언어',
  '--help': helpWords.showsHelp,
};

const strict = '경고를 오류로 처리';
const output = '표준 출력 대신 쓸 파일';
const cache = '결과를 이 디렉터리에 보관하고, 입력이 그대로이면 다시 사용';
const node = '노드가 여러 개일 때 대상 노드';
const context =
  'kubectl 컨텍스트로 지정하는 클러스터. 서비스, 엔드포인트슬라이스, 노드, 파드, 인그레스만 읽음';
const release = 'kube-proxy의 릴리스';
const releaseOfManifests = '매니페스트를 컴파일할 kube-proxy의 릴리스';
const network =
  '노드의 네트워크: YAML이나 JSON, 또는 ip addr, route, rule, neigh(-json이 없어도 됨)와 sysctl의 출력';
const sets = '노드의 집합 내용(ipset save나 list의 출력), IPVS의 대상(ipvsadm -Sn의 출력)';
const kinds = 'exposure, loss, source-ip, endpoints, shares, affinity, header, state, delivery, text';

/** Of every command that reads manifests. */
const manifests = {
  '--recursive': '디렉터리의 하위 디렉터리도 읽음',
  '--namespace': '네임스페이스가 없는 오브젝트의 네임스페이스(기본값: default). 다른 네임스페이스는 거부',
  '--helm': '디렉터리의 Helm 차트를 helm template으로 렌더링',
  '--service-cidr': '정해지지 않은 클러스터 IP를 할당할 범위',
  '--node-port-range': '정해지지 않은 노드포트를 할당할 범위(30000-32767)',
  '--load-balancer-cidr': '로드밸런서의 주소를 할당할 범위. 없으면 pending',
} as const;

/** Of those that read kube-proxy's configuration and look at one node. */
const loadedInOrder =
  '--rules의 파일을 적재한 순서대로 줌. 훅과 우선순위가 같은 체인 중 무엇이 먼저 실행되는지가 정해짐';
const mode = '설정에 관계없이 사용할 kube-proxy의 모드';
const proxied = {
  ...manifests,
  '--config': 'kube-proxy의 설정, 또는 설정이 있는 kubeadm의 컨피그맵',
  '--family': 'IP 주소 체계',
  '--node': node,
} as const;

const scene = {
  '--client': '클러스터 외부의 클라이언트(198.51.100.7)',
  '--without-node': '노드와 그 파드가 없어졌다고 가정',
  '--drain-node': '노드의 파드가 다른 곳으로 옮겨졌다고 가정',
  '--dead-node': '노드가 응답하지 않지만 아직 아무도 모른다고 가정',
  '--stale-balancer': '로드밸런서가 --without-node의 노드로 계속 보낸다고 가정',
  '--add-node': '새 노드. 예: node-9=10.100.0.9,10.0.9.0/24',
  '--service-route': '라우터가 클러스터 IP로 가는 패킷을 이 노드로 보낸다고 가정',
} as const;

const shown = {
  ...proxied,
  '--context': context,
  '--rules': '덤프. 매니페스트는 --cluster로 지정',
  '--cluster': '덤프와 함께 볼 클러스터의 오브젝트',
  '--host': network,
  '--sets': sets,
  '--kube-version': releaseOfManifests,
  '--mode': mode,
} as const;

const paged = {
  ...shown,
  '--before': '이전 버전. 파일, 디렉터리 또는 git의 REV:PATH. 달라진 점도 표시',
  '--config-before': '이전 버전의 kube-proxy 설정(다를 때)',
  '--service': '처음에 표시할 서비스: namespace/name',
  '--packet': "처음에 표시할 패킷: 'tcp 198.51.100.7:40000 -> 10.96.0.1:80'",
} as const;

const shownFile = '매니페스트, 또는 iptables-save나 nft list ruleset의 출력. -는 표준 입력';

/** What each command says of itself. */
export const commandHelp: Readonly<Record<CommandName, CommandHelp>> = {
  get: {
    summary: 'kubectl이 출력하는 서비스 목록과 자동으로 채운 값',
    arguments: { resource: '출력할 리소스', file: '매니페스트. -는 표준 입력' },
    flags: { ...manifests, '--context': context, '--strict': strict },
    examples: ['서비스와 할당되는 주소, 포트', '표준 입력의 매니페스트. 오브젝트에 네임스페이스가 없을 때'],
  },
  explain: {
    summary: '누가 서비스에 도달하고 서버에 어떤 주소가 보이는지',
    arguments: {
      file: '매니페스트, 또는 nft list ruleset의 출력(-는 표준 입력). 마지막에 서비스: namespace/name 또는 이름',
    },
    flags: {
      ...proxied,
      ...scene,
      '--mode': mode,
      '--context': context,
      '--kube-version': release,
      '--all-nodes': '엔드포인트가 있는 노드와 없는 노드 하나씩이 아니라, 동작이 다른 모든 노드',
      '--shard': '서비스(하나이면 그 진입점) 중 n개로 나눈 i번째만. 작업을 나누어 실행할 때',
      '--format': '형식: 텍스트, JSON, 검토용 Markdown 또는 그림',
      '--strict': strict,
      '--output': output,
    },
    examples: [
      '누가 서비스에 도달하고 서버에는 어떤 출발지 주소가 보이는지',
      '노드 하나가 없어지면 달라지는 점',
      '같은 내용을 그림으로',
    ],
  },
  trace: {
    summary: '패킷이나 연결이 거치는 규칙과 그 결과',
    arguments: { file: '--rules가 없을 때 컴파일할 매니페스트' },
    flags: {
      ...proxied,
      ...scene,
      '--mode': mode,
      '--context': context,
      '--rules': 'iptables-save, nft list ruleset 또는 nft list hooks의 출력. -는 표준 입력',
      '--cluster': '--rules와 함께 볼 클러스터의 오브젝트',
      '--loaded-in-order': loadedInOrder,
      '--host': network,
      '--sets': sets,
      '--kube-version': releaseOfManifests,
      '--url': '외부에서 온 요청이 인그레스, 로드밸런서, 노드를 거치는 경로: https://testhost.com/shop',
      '--packet':
        "패킷 하나: 'tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external'. 텍스트 형식에서는, TCP 연결을 시작하는 패킷이면 연결이 끝날 때까지 추적",
      '--first': '--packet의 패킷만 추적하고 그 연결은 추적하지 않음',
      '--connection': '이 패킷으로 시작하는 연결 전체와 그 응답',
      '--flows': 'JSON이나 YAML의 여러 패킷. 시각이 있으면 하나의 순서',
      '--timeline': '패킷과, 그 사이에 정해진 시각에 바뀌는 오브젝트나 규칙',
      '--log': 'TRACE, LOG, nft monitor trace, conntrack -L, tcpdump의 행. 각 패킷이 규칙의 어디에 있는지',
      '--why-not': '이 규칙에 일치하지 않는 이유: TABLE/CHAIN/NUMBER',
      '--all-rules': '결과를 정하는 규칙만이 아니라 일치하는 모든 규칙',
      '--nodes': '--connection: 경로에 있는 매니페스트의 모든 노드를 거쳐 추적',
      '--node-rules': '--nodes all: 컴파일한 규칙 대신 사용할 노드의 규칙',
      '--sample': '확률에 따라 결과를 이만큼 추출',
      '--seed': '--sample의 시드',
      '--show-program': '규칙의 의미를 패킷이 거치는 프로그램으로 출력',
      '--format': '형식: 사람용 또는 프로그램용',
      '--strict': strict,
      '--output': output,
    },
    examples: [
      '매니페스트가 요구하는 규칙을 거치는 연결',
      '노드의 규칙을 거치는 연결',
      '연결의 첫 패킷만',
      '경로에 있는 모든 노드를 거치는 연결과 응답',
      '커널 로그, conntrack -L, tcpdump의 패킷이 규칙의 어디에 있는지',
      '규칙이 일치하지 않는 이유',
    ],
  },
  check: {
    summary: '규칙이나 매니페스트의 문제',
    arguments: {
      file: '노드별 iptables-save나 nft list ruleset의 출력, 또는 매니페스트. -는 표준 입력',
    },
    flags: {
      ...proxied,
      '--context': context,
      '--kube-version': releaseOfManifests,
      '--rules': '모두 한 노드의 규칙: iptables-save와 nft list ruleset의 출력',
      '--loaded-in-order': loadedInOrder,
      '--host': network,
      '--drift': '규칙을 이 매니페스트가 요구하는 것과 비교',
      '--node': '규칙의 노드(--drift에 노드가 여러 개일 때)',
      '--nodes': '--drift: 각 규칙 파일은 파일 이름과 같은 노드의 것',
      '--explain': '문제의 의미와 해결 방법. 코드가 없으면 모든 코드의 목록',
      '--only': '이 문제만 표시',
      '--ignore': '이 문제를 표시하지 않음',
      '--baseline': '이미 알고 있어 다시 표시하지 않을 문제',
      '--write-baseline': '찾은 문제를 모두 알고 있는 것으로 기록',
      '--settings': '이 디렉터리의 .kubenat.yaml 대신 사용할 설정',
      '--shard': '규칙 파일의 일부. 쿠버네티스의 Indexed 잡에서는 /n(JOB_COMPLETION_INDEX)',
      '--format': '형식',
      '--strict': strict,
      '--output': output,
    },
    examples: [
      '노드 규칙의 문제',
      '노드의 규칙이 매니페스트와 다른 점',
      '매니페스트의 문제',
      '문제의 의미와 해결 방법',
      '파이프라인용. 이미 아는 것은 제외',
    ],
  },
  graph: {
    summary: '체인과 그 대상을 그린 그림',
    arguments: { file: shownFile },
    flags: {
      ...shown,
      '--service': '이 서비스로 가고 이 서비스에서 나가는 것: namespace/name',
      '--chain': '이 체인과, 이 체인으로 가고 이 체인에서 나가는 것',
      '--format': '형식: 사람용, Graphviz용, 또는 그림을 표시하는 Markdown용',
      '--strict': strict,
      '--output': output,
    },
    examples: [
      '서비스 하나의 체인 그림',
      '노드의 체인이 향하는 곳. GitHub나 GitLab이 그림으로 표시하는 댓글용',
    ],
  },
  report: {
    summary: '서비스, 체인, 패킷을 보는 페이지',
    arguments: { file: shownFile },
    flags: { ...paged, '--strict': strict, '--output': output },
    examples: ['볼 수 있는 페이지', '변경으로 달라지는 점을 볼 수 있는 페이지'],
  },
  serve: {
    summary: '같은 페이지를 localhost에서 제공하고 파일이 바뀌면 새로 고침',
    arguments: { file: shownFile },
    flags: { ...paged, '--port': '127.0.0.1의 포트. 0이면 비어 있는 아무 포트', '--strict': strict },
    examples: ['파일이 바뀔 때마다 새로 고치는 페이지', '노드의 규칙을 보는 페이지'],
  },
  diff: {
    summary: '변경으로 결과가 바뀌는 패킷',
    arguments: {
      before: '덤프, nft 룰셋, 매니페스트, 이들의 디렉터리, 또는 git의 REV:PATH',
      after: '변경 후의 것. 형식은 서로 달라도 됨',
    },
    flags: {
      ...proxied,
      '--context':
        'kubectl 컨텍스트로 지정하는 현재의 클러스터. 파일이나 디렉터리 하나는 kubectl apply로 바꿀 내용',
      '--config-after': '변경 후의 kube-proxy 설정. 그때 --config는 변경 전의 것',
      '--cluster': '매니페스트와 함께 볼 클러스터의 오브젝트',
      '--host': network,
      '--assume': '의문을 없앨 호스트의 사실: 일치하지 않거나 항상 일치하는 매치 등',
      '--kube-version': releaseOfManifests,
      '--kube-version-a': '변경 전의 kube-proxy 릴리스',
      '--kube-version-b': '변경 후의 kube-proxy 릴리스',
      '--mode-a': '변경 전의 kube-proxy 모드',
      '--mode-b': '변경 후의 kube-proxy 모드',
      '--nodes': '모든 노드에서 비교하고 결과가 같은 노드를 묶음',
      '--scope': '비교할 규칙: 모두, 또는 kube-proxy의 것만',
      '--only': '비교할 패킷과 그 연결. trace의 표기. 여러 번 지정할 수 있음',
      '--rollout': '패킷 비교 대신, 열린 연결이 어떻게 되는지를 kube-proxy 릴리스별로 표시',
      '--graph': '--format markdown: 달라진 점을 그린 그림(Mermaid)',
      '--certificate': '증명한 것과 그 입력, 가정을 기록. verify가 읽음',
      '--paranoid': '증명을 단순한 두 번째 절차로 확인',
      '--fail-on': `이것만 차이로 봄: ${kinds}`,
      '--ignore': `차이로 보지 않음: ${kinds}`,
      '--shard': '--nodes all: 노드의 일부. 쿠버네티스의 Indexed 잡에서는 /n(JOB_COMPLETION_INDEX)',
      '--format': '형식',
      '--strict': '정규 텍스트의 차이도 모두 차이로 보고, 경고를 오류로 처리',
      '--output': output,
      '--cache': cache,
    },
    examples: [
      '매니페스트의 변경',
      '변경으로 끊어지거나 없는 주소로 가게 되는 열린 연결',
      '검토 댓글용 덤프 비교',
      '결과가 바뀌는 패킷이 없다는 증명을 보관',
      '매니페스트가 요구하는 것과 노드에 있는 것',
    ],
  },
  migrate: {
    summary: 'kube-proxy의 모드나 릴리스를 바꾸면 달라지는 점',
    arguments: { file: '매니페스트. -는 표준 입력' },
    flags: {
      ...manifests,
      '--config': proxied['--config'],
      '--context': context,
      '--node': '노드 하나. 없으면 모든 노드',
      '--nodes': '모든 노드. --node가 없을 때와 같음',
      '--from': '현재 실행 중인 것',
      '--to': '실행하려는 것',
      '--shard': '노드의 일부. 쿠버네티스의 Indexed 잡에서는 /n(JOB_COMPLETION_INDEX)',
      '--format': '형식: 사람용 또는 프로그램용',
      '--strict': strict,
      '--output': output,
    },
    examples: ['nftables 모드로 바꾸면 달라지는 점', '릴리스를 바꿀 때 모든 노드에서 달라지는 점'],
  },
  test: {
    summary: '규칙이 기대 파일에 적힌 대로 동작하는지 검사',
    arguments: { file: '기대 파일이나 그 디렉터리(기본값: 이 아래의 모든 *.kubenat.yaml)' },
    flags: {
      '--context': '파일에 지정된 매니페스트나 규칙 대신 kubectl 컨텍스트의 클러스터를 검사',
      '--filter': '이름에 이 텍스트가 있는 기대만',
      '--watch': '읽은 파일이 바뀌면 다시 검사',
      '--coverage': '어떤 기대도 확인하지 않는 규칙',
      '--coverage-dir': '커버리지와 컴파일한 규칙을 쓸 디렉터리',
      '--coverage-threshold': '확인한 규칙의 비율이 이보다 작으면 실패',
      '--schema': '기대 파일의 JSON 스키마를 출력',
      '--format': '형식',
      '--strict': strict,
      '--output': output,
      '--cache': cache,
    },
    examples: ['이 디렉터리 아래의 모든 기대 파일', '파이프라인용'],
  },
  golden: {
    summary: '매니페스트를 기대 덤프와 비교',
    arguments: { dir: '케이스의 트리: 매니페스트와 expected/NODE.FAMILY.save가 있는 디렉터리' },
    flags: {
      '--update': '없거나 달라진 것을 쓰고, 오래된 것을 지우고, 그 내용을 알림',
      '--format': '형식: 사람용, 검토용, 프로그램용',
      '--strict': strict,
      '--output': output,
      '--cache': cache,
    },
    examples: ['기대하는 덤프를 쓰기', '덤프와 비교'],
  },
  verify: {
    summary: 'diff --certificate가 쓴 증명을 확인',
    arguments: {
      file: 'diff --certificate가 쓴 파일',
      before: 'diff에 준 변경 전의 것',
      after: 'diff에 준 변경 후의 것',
    },
    flags: {
      '--config': 'kube-proxy의 설정(diff에 주었을 때)',
      '--config-after': '변경 후의 설정(diff에 주었을 때)',
      '--cluster': '클러스터의 오브젝트(diff에 주었을 때)',
      '--host': '노드의 네트워크(diff에 주었을 때)',
      '--assume': '호스트의 사실(diff에 주었을 때)',
      '--packets': '양쪽을 거치게 할 패킷의 수. 패킷마다 뒤따르는 패킷도 포함',
      '--format': '형식',
      '--strict': strict,
      '--output': output,
    },
    examples: ['diff --certificate가 쓴 증명을 확인', '규칙이 바뀌는 곳마다 더 많은 패킷으로 확인'],
  },
  merge: {
    summary: '작업을 나눈 잡들의 결과를 합침',
    arguments: { result: 'diff --nodes all, check, migrate가 --shard와 --format json으로 출력한 결과' },
    flags: { '--strict': strict, '--output': output },
    examples: ['잡 세 개의 결과를 한 번에 실행한 것처럼 출력', '파일로 출력'],
  },
  drift: {
    summary: '노드에 클러스터가 요구하는 규칙이 있는지',
    arguments: {
      dump: '노드에서 iptables-save나 nft list ruleset이 출력한 것. -는 표준 입력',
      file: '클러스터의 매니페스트',
    },
    flags: {
      ...proxied,
      '--context': context,
      '--kube-version': release,
      '--host': network,
      '--format': '형식',
      '--strict': strict,
      '--output': output,
    },
    examples: ['노드와 매니페스트를 비교', '프로그램용'],
  },
  collect: {
    summary: '노드의 정보를 모으는 명령을 출력',
    arguments: {},
    flags: {
      '--node': '클러스터의 노드. kubectl debug로 실행. 없으면 노드에서 직접 실행',
      '--context': '--node: kubectl 컨텍스트로 지정하는 클러스터',
      '--image': '--node: chroot가 있는 이미지',
      '--ssh': 'ssh로 접속하는 노드: root@node-1',
      '--output': output,
    },
    examples: ['노드에서 실행할 명령', '다른 곳에서 실행할 명령', 'API 서버를 거쳐 실행할 명령'],
  },
  compile: {
    summary: 'kube-proxy가 노드에 설치하는 규칙',
    arguments: { file: '매니페스트. -는 표준 입력' },
    flags: {
      ...proxied,
      '--context': context,
      '--mode': mode,
      '--kube-version':
        'kube-proxy의 릴리스. 1.33이나 1.33.6: 1.25부터 1.37까지(기본값 1.30, nftables 모드는 1.37)',
      '--spelling': '표기: iptables-save나 nft의 출력, 또는 kube-proxy가 보내는 것',
      '--with-jumps': '--spelling restore: 내장 체인의 점프도 포함',
      '--canary': 'kube-proxy가 규칙이 지워졌는지 확인하는 체인도 포함',
      '--nfacct': '노드에 kube-proxy가 패킷을 세는 nfacct 오브젝트가 있음(1.31부터)',
      '--no-random-fully': '노드의 iptables가 --random-fully를 지원하지 않음',
      '--show-model': '규칙 대신 이해한 클러스터를 출력',
      '--show-program': '규칙의 의미를 패킷이 거치는 프로그램으로 출력',
      '--format': 'nftables 모드: nft나 nft -j의 출력',
      '--nodes': '모든 노드의 규칙을 --output의 파일로',
      '--shard': '--nodes all: 노드의 일부. 쿠버네티스의 Indexed 잡에서는 /n(JOB_COMPLETION_INDEX)',
      '--strict': strict,
      '--output': '표준 출력 대신 쓸 파일. --nodes all이면 노드별 파일을 쓸 디렉터리',
      '--cache': cache,
    },
    examples: ['노드 하나의 규칙', 'kube-proxy 1.27이 iptables-restore에 보내는 규칙', '자동으로 채운 값'],
  },
  fmt: {
    summary: '규칙을 iptables-save나 nft가 출력하는 형식으로 정리',
    arguments: {
      file: 'iptables-save나 nft list ruleset의 출력, 또는 iptables-restore나 nft -f의 입력. -는 표준 입력',
    },
    flags: {
      '--family': '덤프의 IP 주소 체계',
      '--spelling': '표기: iptables-save 또는 kube-proxy',
      '--backend': '거부와 표기의 기준이 되는 백엔드',
      '--counters': '카운터의 출력 방식',
      '--nft-version': 'nft 룰셋의 표기를 따를 버전',
      '--format': 'nft 룰셋의 형식: nft의 목록 또는 nft -j의 출력',
      '--json': 'nft 룰셋: nft -j의 출력',
      '--check': '출력하지 않고, 파일이 바뀌어야 하면 종료 코드 1로 종료',
      '--strict': strict,
      '--output': output,
    },
    examples: ['날짜와 카운터를 뺀 덤프', '정규 형식이 아닌 파일이 있으면 실패'],
  },
  translate: {
    summary: 'iptables 규칙을 동작이 같다고 증명된 nft 룰셋으로 변환',
    arguments: { dump: 'iptables-save의 출력. -는 표준 입력' },
    flags: {
      '--family': '덤프의 IP 주소 체계. 없으면 덤프에 있는 모든 체계',
      '--format': '형식: 룰셋, 또는 알려진 모든 것(프로그램용)',
      '--strict': strict,
      '--output': output,
    },
    examples: ['nft가 불러올 수 있는 노드의 규칙', '같은 동작이 증명되지 않은 규칙(프로그램용)'],
  },
  completion: {
    summary: '셸에서 명령과 플래그를 자동 완성',
    arguments: { shell: '셸의 종류' },
    flags: { '--output': output },
    examples: ['현재 셸', '새로 여는 모든 fish'],
  },
};
