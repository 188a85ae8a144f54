import type { SloppyFault } from '../../../../address/sloppy.ts';
import type {
  FormName,
  Found,
  HintKind,
  ManifestDetail,
  Special,
  ValueKind,
} from '../../../../kube/manifest/detail.ts';
import { shortened } from '../../../../text/lists.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';
import { withParticle } from '../particles.ts';

const forms: Readonly<Record<FormName, string>> = {
  prefix: '주소 범위(CIDR)',
  'ip-address': 'IP 주소',
  address: '주소',
  'port-name': '포트 이름',
  version: '버전',
  'namespace-name': '네임스페이스 이름',
  'finalizer-name': 'finalizer 이름',
  time: '시각',
};

const specials: Readonly<Record<Special, string>> = {
  unspecified: '지정되지 않은 주소',
  loopback: '루프백 주소',
  'link-local': '링크 로컬 주소',
  'link-local-multicast': '링크 로컬 멀티캐스트 주소',
};

const faults: Readonly<Record<SloppyFault, string>> = {
  'leading-zeros': '앞에 0이 붙음',
  mapped: 'IPv6에 매핑된 IPv4 주소임',
  'host-bits': '프리픽스 길이를 넘는 비트가 설정됨',
};

const hintKinds: Readonly<Record<HintKind, string>> = { zone: '영역', node: '노드' };

const valueKinds: Readonly<Record<ValueKind, string>> = {
  'cluster-address': '클러스터 IP',
  'balancer-address': '로드밸런서 IP',
  'node-port': '노드포트',
  'health-port': '헬스 체크 노드포트',
};

function sayFound(found: Found): string {
  if (found.kind === 'plain')
    return found.type === 'string' ? `문자열 “${found.text}”` : `${found.type} 값 ${found.text}`;
  if (found.kind === 'private') return `${found.type} 타입의 값`;
  return { null: 'null', list: '목록', object: '오브젝트' }[found.kind];
}

/** What is wrong with manifests, tables of kubectl and kube-proxy's configuration. */
export const manifestDetails: WordsOf<ManifestDetail> = {
  'in-field': ({ path, of }) => `${path}: ${sayOf(manifestDetails, of)}`,
  'too-many-blocks': ({ name, blocks, lines }) =>
    `블록과 인용이 너무 많아 읽을 수 없음(${name}: ${lines}행에 ${blocks}개)`,
  'outside-blocks': () => '블록과 인용 밖의 내용은 읽지 않음',
  'dropped-before': ({ release }) => `${release} 이전의 API 서버는 이 필드를 버림`,
  'other-namespace': ({ namespace, flag }) =>
    `여기의 네임스페이스는 ${namespace}이지만 --namespace는 ${flag}임`,
  'not-gates': () => '이름과 true 또는 false의 맵이 아님',
  'all-comments': () => 'YAML에서는 전부 주석이므로 아무것도 읽지 않음',
  'helm-template-in': () => 'Helm 차트의 템플릿으로 보임',
  'no-kind-in': ({ kind, version }) => `${version}에 없는 kind: ${kind}`,
  'is-kustomization': () => 'kustomization이므로 먼저 빌드해야 함',
  'no-kind': ({ kind }) => `없는 kind: ${kind}`,
  'kind-passed': ({ kind, meant }) => `없는 kind이므로 건너뜀: '${kind}'(혹시 ${meant}?)`,
  'passed-over': ({ of }) => `${sayOf(manifestDetails, of)}. 건너뜀`,
  'no-object': ({ lacking }) => `쿠버네티스 오브젝트가 아닌 문서(없는 것: ${lacking.join(', ')})`,
  'no-object-at-all': () => '쿠버네티스 오브젝트가 아닌 문서',
  'kubectl-failed': () => 'kubectl이 API 서버에 요청하지 못했거나 권한이 없었음',
  'is-describe': () => '사람이 읽는 kubectl describe의 출력임',
  'is-names': () => '-o name이 출력하는 이름만 있음',
  'is-without-header': () => '헤더가 없는 표임',
  'no-endpoint': ({ text }) => `엔드포인트가 아님: '${text}'`,
  'no-node-name': ({ name }) => `노드의 이름 형식이 아님: '${name}'`,
  'no-service-name': ({ name }) => `서비스의 이름 형식이 아님: '${name}'`,
  'no-type': ({ text }) => `없는 유형: '${text}'`,
  'no-address': ({ text }) => `IP 주소가 아님: '${text}'`,
  'no-service-port': ({ text }) => `서비스의 포트가 아님: '${text}'`,
  'no-such-field': () =>
    '없는 필드임. API 서버가 무시하거나 오브젝트를 거부함(kubectl apply는 기본적으로 거부함)',
  'null-here': () => '값이 null임',
  'no-key': ({ text }) => `키의 형식이 아님: '${text}'`,
  'no-label-value': ({ text }) => `레이블 값의 형식이 아님: '${text}'`,
  'out-of-range': ({ value }) => `범위를 벗어남: ${value}`,
  'port-out-of-range': ({ port }) => `범위를 벗어난 포트: ${port}`,
  'not-known-here': ({ text }) => `여기에 쓸 수 없는 값: '${text}'`,
  'not-of-form': ({ text, form }) => `${forms[form]}의 형식이 아님: '${text}'`,
  'required-field': () => '필수 필드가 없음',
  'spelled-with': ({ text, fault, strict }) =>
    `${faults[fault]}: ${text}${strict ? '' : '(API 서버 1.36부터 거부됨)'}`,
  'special-address': ({ text, special }) => `${specials[special]}임: ${text}`,
  'ready-untold': () => 'kubectl의 이 표로는 어느 엔드포인트가 준비되었는지 알 수 없음',
  'addresses-untold': () => 'kubectl의 이 표로는 파드의 주소를 알 수 없음',
  'row-again': ({ name }) => `표에 다시 나옴(--watch의 출력처럼 마지막 행을 사용함): ${name}`,
  'not-in-cell': () => '여기에 쓸 수 없음',
  'table-not-read': () => 'kubectl의 이 표는 읽지 않음',
  cells: ({ cells, columns }) => `열은 ${columns}개인데 이 행의 칸은 ${cells}개임`,
  'name-missing': () => '이름이 없음',
  'begins-no-name': ({ text, kind }) => `${kind} 이름의 앞부분이 될 수 없음: '${text}'`,
  'no-name-of': ({ name, kind }) => `${kind}의 이름 형식이 아님: '${name}'`,
  'kinds-unread': ({ kinds }) => `kubenat이 읽지 않는 kind이므로 건너뜀: ${kinds}`,
  'ingress-uncompiled': ({ names }) =>
    `인그레스는 kube-proxy의 규칙을 만들지 않으며 아직 컴파일하지 않음: ${names}`,
  'directories-unread': ({ names }) => `하위 디렉터리는 읽지 않음: ${names}`,
  'config-maps-passed': ({ count }) => `kube-proxy의 것만 필요하므로 건너뜀: ConfigMap ${count}개(v1)`,
  'config-not-used': () => '매니페스트 사이의 KubeProxyConfiguration은 사용하지 않음',
  'not-for-type': ({ type }) => `유형 ${type}에는 쓸 수 없음`,
  'not-for-name': () => '유형 ExternalName에는 쓸 수 없음',
  'not-for-cluster-ip': () => '유형 ClusterIP에는 쓸 수 없음',
  'only-beside-cluster-ip': () => 'clusterIP와 함께만 쓸 수 있음',
  'first-must-equal': ({ address }) => `첫 번째 값은 clusterIP와 같아야 함(${address})`,
  'more-than-two': () => '세 개 이상임',
  'none-alone': () => 'None은 단독으로만 쓸 수 있음',
  'not-of-family': ({ text, family }) => `ipFamilies에 지정된 ${family} 주소가 아님: ${text}`,
  'same-family': ({ text, other }) => `주소 체계가 같음: ${text}, ${other}`,
  twice: ({ text }) => `두 번 있음: ${text}`,
  'two-families': () => '두 주소 체계에는 이중 스택 정책이 필요함',
  'too-large': () => '너무 큼',
  'finalizers-exclude': () => 'orphan과 foregroundDeletion은 함께 쓸 수 없음',
  'version-missing': () => '버전이 없음',
  'event-owns-nothing': () => 'Event는 소유자가 될 수 없음',
  'several-controllers': () => '컨트롤러가 여러 개임',
  'address-passed': ({ text }) => `IP 주소가 아니므로 무시함: '${text}'`,
  'no-prefix': ({ text }) => `주소 범위(CIDR)가 아님: '${text}'`,
  'several-of-family': () => '같은 주소 체계가 여러 개임',
  'no-taint-value': ({ text }) => `테인트 값의 형식이 아님: '${text}'`,
  'taint-twice': ({ key, effect }) => `이미 있는 테인트: ${key}, ${effect}`,
  'no-integer': ({ text }) => `정수가 아님: ${text}`,
  'needs-ports': () => '서비스에는 포트가 필요함',
  'ports-need-names': () => '포트가 여러 개이면 각각 이름이 필요함',
  'name-of-other-port': ({ name }) => `다른 포트가 사용하는 이름: '${name}'`,
  'port-twice': ({ field, key }) => `두 번 있음: ${field} ${key}`,
  'no-port-for-proxy': () => 'kube-proxy는 0번 포트를 건너뜀',
  'port-of-before': () => '앞의 포트와 같아짐',
  'port-of-port': () => '따로 없으면 port의 값이며, 그 값은 포트가 아님',
  'rows-left-out': () => '여기서 표의 행이 생략됨: 어떤 행인지 알 수 없음',
  'kubelet-port': ({ port }) => `kubelet의 포트임: ${port}`,
  'no-protocol-name': ({ text }) => `프로토콜 이름의 형식이 아님: '${text}'`,
  'hints-differ': ({ annotation, hints }) => `${annotation}의 값과 같아야 함: '${hints}'`,
  'none-for-type': ({ type }) => `유형 ${type}에는 None을 쓸 수 없음`,
  'needs-name': () => '유형 ExternalName에는 이름이 필요함',
  'no-dns-name': ({ text }) => `DNS 이름이 아님: '${text}'`,
  'ports-of-name': () => 'ExternalName 서비스의 포트는 효과가 없음',
  'no-class-name': ({ text }) => `클래스 이름의 형식이 아님: '${text}'`,
  'annotation-unread': () => 'kube-proxy는 이 애너테이션을 보지 않음',
  'only-from-outside': () => '외부에서 접근할 수 있는 서비스에만 쓸 수 있음',
  'only-beside-ip': () => 'ip와 함께만 쓸 수 있음',
  'only-local-balancer': () => 'externalTrafficPolicy가 Local인 LoadBalancer 유형에만 쓸 수 있음',
  'address-lacks': () => '주소가 없음',
  'no-host-domain': ({ text }) => `도메인이 붙은 호스트 이름이 아님: '${text}'`,
  'no-host-name': ({ text }) => `호스트 이름의 형식이 아님: '${text}'`,
  'port-name-twice': ({ name }) => `이미 있는 포트: '${name}'`,
  'there-are': ({ count }) => `${count}개가 있음`,
  'not-canonical': ({ text }) => `표준 형식이 아님: ${text}`,
  'not-family': ({ text, family }) => `${family} 주소가 아님: ${text}`,
  'no-proxy-version': ({ text }) => `kube-proxy가 읽는 버전이 아님: '${text}'`,
  'wrong-type': ({ found }) => `값이 ${sayFound(found)}임`,
  'no-hint-name': ({ name, what }) => `${hintKinds[what]} 이름의 형식이 아님: '${name}'`,
  'hint-twice': ({ name, what }) => `이미 있는 ${hintKinds[what]}: '${name}'`,
  fixed: () => '한번 정하면 바꿀 수 없음',
  'outside-range': ({ address }) => `클러스터 IP 범위를 벗어남: ${address}`,
  'range-address': ({ address }) => `클러스터 IP 범위 자체의 주소임: ${address}`,
  'broadcast-address': ({ address }) => `클러스터 IP 범위의 브로드캐스트 주소임: ${address}`,
  'api-address': ({ address }) => `API 서버의 주소임: ${address}`,
  'no-family-range': ({ family }) => `클러스터에 ${family} 주소 범위가 없음`,
  'range-empty': ({ what }) => `남은 ${withParticle(valueKinds[what], 'subject')} 없음`,
  'no-node-port-left': () => '남은 노드포트가 없음',
  'node-port-of-other': ({ nodePort, port }) => `다른 포트(${port})의 노드포트임: ${nodePort}`,
  'value-out-of-range': ({ what, port }) => `범위를 벗어난 ${valueKinds[what]}: ${port}`,
  'taken-too': ({ value, what, service, place }) =>
    `다른 서비스도 사용하는 ${valueKinds[what]}: ${value}(${service}, ${place})`,
  'no-proxy-config': ({ file }) => `kube-proxy 설정이 없는 파일: ${file}`,
  'no-proxy-mode': ({ mode }) => `리눅스용 kube-proxy의 모드가 아님: ${mode}`,
  'two-prefixes': () => '한 주소 체계의 주소 범위가 두 개임',
  'needs-bridge': () => 'BridgeInterface에는 브리지의 이름이 필요함',
  'needs-interface-prefix': () => 'InterfaceNamePrefix에는 접두사가 필요함',
  'ipvs-leaving': () => 'kube-proxy에서 제거 중인 ipvs 모드(1.40부터 기본으로 꺼짐)는 컴파일하지 않음',
  'mode-unread': ({ mode, field }) => `${mode} 모드의 kube-proxy가 읽지 않는 필드: ${field}`,
  'no-field-of-this': ({ key }) => `여기에 없는 필드: ${key}`,
  'external-cut': ({ service }) =>
    `kubectl이 외부 주소를 잘라 표시하여 보이지 않는 주소의 규칙이 빠짐: ${service}`,
  'name-of-several': ({ name, services }) =>
    `같은 이름의 서비스가 여러 개임(${name}): ${services.join(', ')}`,
  'no-named-port': ({ service, protocol, port }) =>
    `파드에 이 이름의 ${protocol} 포트가 없어 엔드포인트가 없음: '${port}'(${service})`,
  'endpoints-unknown': ({ services }) =>
    `주어진 입력에 있을 수 있으나 충분하지 않아 엔드포인트를 알 수 없음: ${shortened(services, (more) => ` 외 ${more}개`)}`,
  'endpoints-untold': ({ services }) =>
    `엔드포인트 정보가 없어 엔드포인트가 없는 것으로 봄: ${shortened(services, (more) => ` 외 ${more}개`)}`,
  'endpoints-omitted': ({ count, name }) => `표에서 생략된 엔드포인트가 ${count}개 있음: ${name}`,
  'endpoint-port-untold': ({ name }) => `표로는 엔드포인트가 어느 포트의 것인지 알 수 없음: ${name}`,
  'endpoint-nodes-untold': ({ name }) =>
    `표로는 트래픽 정책 Local이 필요로 하는 엔드포인트의 노드를 알 수 없음: ${name}`,
  'table-differs': ({ inManifest, place, inTable }) =>
    `매니페스트에는 ${inManifest}, 표(${place})에는 ${inTable}`,
  'object-twice': ({ kind, name, place, isRow }) =>
    `${isRow ? `${kind}의 행` : kind}이 이미 있으며 내용이 다름: ${name}(${place})${isRow ? '' : '. 마지막 것을 사용함'}`,
  'hidden-by-label': ({ label, before }) =>
    `${before ? '1.36 이전의 ' : ''}kube-proxy는 이 레이블이 있는 서비스를 보지 않으므로 규칙을 만들지 않음: ${label}`,
  'no-object-here': () => '값이 오브젝트가 아님',
  'no-quantity': ({ text }) => `수량의 형식이 아님: '${text}'`,
  'less-than-nothing': ({ text }) => `음수임: ${text}`,
  'no-field-since': ({ version }) => `${version}부터 없는 필드이므로 API 서버가 무시함`,
  'sign-in-name': () => '/ 또는 %가 들어 있음',
  'prefix-lacks': () => '주소 범위가 없음',
};
