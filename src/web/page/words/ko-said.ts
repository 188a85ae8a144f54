/**
 * What the library says, in English and in Korean; the first that fits. A name in braces stands for whatever is said there,
 * which is looked up by itself: `{why}` of one sentence may be another. Names of what is one word stand for one word alone.
 */
export const koreanSentences: readonly (readonly [english: string, korean: string])[] = [
  // What was filled in for a service.
  ['assumed: {what}', '가정: {what}'],
  ['cluster address {address}, by hash of its name', '클러스터 주소 {address}: 이름의 해시로 정함'],
  [
    'cluster address {address}, the next free one, because another has what the hash of its name gives',
    '클러스터 주소 {address}: 이름의 해시로 정한 값이 이미 쓰여 다음 빈 값을 씀',
  ],
  ['load balancer address {address}, by hash of its name', '로드 밸런서 주소 {address}: 이름의 해시로 정함'],
  [
    'load balancer address {address}, as spec.loadBalancerIP asks for',
    '로드 밸런서 주소 {address}: spec.loadBalancerIP에 적힌 값',
  ],
  [
    'health check node port: {number}, by hash of its name',
    '상태 검사 노드 포트: {number} (이름의 해시로 정함)',
  ],
  [
    'node port of port {port}: {number}, by hash of its name',
    '포트 {port}의 노드 포트: {number} (이름의 해시로 정함)',
  ],
  [
    '{what}: {number}, the next free one, because another has what the hash of its name gives',
    '{what}: {number} (이름의 해시로 정한 값이 이미 쓰여 다음 빈 값을 씀)',
  ],
  [
    'its load balancer address is pending, because no range is given for it',
    '로드 밸런서 주소는 아직 없음(범위를 주지 않았음)',
  ],
  ["endpoints by hash of the pods' names: {rest}", '엔드포인트 주소는 파드 이름의 해시로 정함: {rest}'],
  [
    'its endpoints are ready and on unknown nodes: the table says no more',
    '엔드포인트는 준비되었고 노드는 알 수 없음(표에 더 적힌 것이 없음)',
  ],
  ['{guesses}: the table says no more', '{guesses} (표에 더 적힌 것이 없음)'],
  ['traffic policies Cluster', '트래픽 정책은 Cluster'],
  ['no session affinity', '세션 고정 없음'],
  [
    'node {node} has no podCIDR, so which address a pod there would have is not known',
    '노드 {node}에 podCIDR이 없어 그곳의 파드 주소를 알 수 없음',
  ],
  [
    'the load balancer has no address yet (status.loadBalancer is empty)',
    '로드 밸런서에 아직 주소가 없음(status.loadBalancer가 비어 있음)',
  ],
  [
    'the load balancer is known as {name}; it is taken to make connections of its own to node ports, and {address} stands for its address',
    '로드 밸런서는 이름 {name}(으)로만 알려져 있음: 노드 포트로 직접 연결을 맺는다고 보며, 주소는 {address}(으)로 대신함',
  ],

  // What becomes of a packet.
  [
    "The server sees the client's own address, {address}.",
    '서버가 클라이언트의 주소 {address}을(를) 그대로 봅니다.',
  ],
  [
    "The server does not see the client's address {client} but {seen}: {why}.",
    '서버는 클라이언트의 주소 {client} 대신 {seen}을(를) 봅니다. {why}.',
  ],
  ['its source was replaced', '출발지가 바뀌었습니다'],
  [
    '{marking} marks the packet, and for the mark {replacing} replaces the source',
    '{marking}이(가) 패킷에 표시를 남기고, 그 표시에 따라 {replacing}이(가) 출발지를 바꿉니다',
  ],
  ['{rule} replaces the source', '{rule}이(가) 출발지를 바꿉니다'],
  ['Nothing arrives: {rule} drops it.', '도착하지 않습니다. {rule}이(가) 폐기합니다.'],
  [
    'Nothing arrives: {rule} refuses it, and the client is told so.',
    '도착하지 않습니다. {rule}이(가) 거부하고 클라이언트에게 알립니다.',
  ],
  ['Nothing arrives: {why}.', '도착하지 않습니다: {why}.'],
  ['It cannot be told what happens: {why}.', '결과를 알 수 없습니다: {why}.'],
  [
    'rule {number} of {table} {chain} (line {line}, “{comment}”)',
    '{table} {chain}의 규칙 {number}(줄 {line}, “{comment}”)',
  ],
  ['rule {number} of {table} {chain} (line {line})', '{table} {chain}의 규칙 {number}(줄 {line})'],
  ['the kernel', '커널'],
  [
    'it is not known whether {address} is an address of the node; give --host with addresses',
    '{address}이(가) 노드의 주소인지 알 수 없습니다(--host에 addresses를 주십시오)',
  ],
  [
    'it is not known whether {address} is a pod of this node; give --host with podCIDR',
    '{address}이(가) 이 노드의 파드인지 알 수 없습니다(--host에 podCIDR을 주십시오)',
  ],
  ['the node does not forward', '노드가 패킷을 전달하지 않음(ip_forward가 꺼짐)'],
  [
    'a source in 127/8 from outside, and route_localnet is off',
    '밖에서 온 127/8 출발지이고 route_localnet이 꺼져 있음',
  ],
  [
    'a destination in 127/8 from outside, and route_localnet is off',
    '밖에서 온 127/8 목적지이고 route_localnet이 꺼져 있음',
  ],
  [
    'the source is an address of this node, and accept_local is off',
    '출발지가 이 노드의 주소이고 accept_local이 꺼져 있음',
  ],
  [
    'there is no way back to the source, and rp_filter is on',
    '출발지로 돌아가는 경로가 없고 rp_filter가 켜져 있음',
  ],
  [
    'the way back to the source is another, and rp_filter is on',
    '출발지로 돌아가는 경로가 다르고 rp_filter가 켜져 있음',
  ],
  ['the source is no address of a host', '출발지가 호스트의 주소가 아님'],
  ['no route', '경로 없음'],
  ['a blackhole route', '블랙홀 경로'],
  ['-m {name} is not evaluated', '-m {name}은(는) 계산하지 않음'],
  ['the target {name} is not carried out', '타깃 {name}은(는) 실행하지 않음'],

  // The answer's way back.
  ['the node itself answers', '노드 자신이 응답합니다'],
  [
    '{server} answers {client}, an address of this node, which translates it back for the client',
    '{server}이(가) 이 노드의 주소 {client}(으)로 응답하고, 노드가 클라이언트를 위해 되돌려 변환합니다',
  ],
  [
    '{server} answers {client}, an address of this node',
    '{server}이(가) 이 노드의 주소 {client}(으)로 응답합니다',
  ],
  [
    "{server} sees its own address as the client's and answers itself",
    '{server}에는 자기 주소가 클라이언트로 보여 자기 자신에게 응답합니다',
  ],
  [
    '{address} is a pod of this node, which is its way out',
    '{address}: 이 노드의 파드이므로 응답도 이 노드를 거칩니다',
  ],
  ['{address} is a pod of this node', '{address}: 이 노드의 파드입니다'],
  [
    'client and server are both pods of this node: on one bridge, answers meet its rules only with br_netfilter',
    '클라이언트와 서버가 모두 이 노드의 파드입니다. 같은 브리지에서는 br_netfilter가 있어야 응답이 규칙을 거칩니다',
  ],
  [
    '{server} answers {client} by its own way; nothing was translated',
    '{server}이(가) 자기 경로로 {client}에게 응답합니다. 변환은 없었습니다',
  ],
  [
    '{server} answers {client} past this node, and the client, who asked {asked}, takes no answer from {other}',
    '{server}이(가) 이 노드를 거치지 않고 {client}에게 응답합니다. {asked}에 물은 클라이언트는 {other}의 응답을 받지 않습니다',
  ],

  [
    'whether the node listens to the multicast group {address} is not known',
    '노드가 멀티캐스트 그룹 {address}을(를) 듣는지 알 수 없음',
  ],
  [
    'by which interface the node sends to {address} is not known',
    '노드가 {address}(으)로 어느 인터페이스로 보내는지 알 수 없음',
  ],

  // Why a rule did not match.
  ['the source is {source}, the destination {destination}', '출발지는 {source}, 목적지는 {destination}'],
  [
    'the source port is {source}, the destination port {destination}',
    '출발지 포트는 {source}, 목적지 포트는 {destination}',
  ],
  ['the source is {address}', '출발지는 {address}'],
  ['the destination is {address}', '목적지는 {address}'],
  ['it came in by {name}', '들어온 인터페이스는 {name}'],
  ['it leaves by {name}', '나가는 인터페이스는 {name}'],
  ['no interface yet', '아직 없음'],
  ['no interface', '없음'],
  ['not given', '주어지지 않음'],
  ['the protocol is {protocol}', '프로토콜은 {protocol}'],
  ['the mark is {mark}', '표시는 {mark}'],
  ['the state is {state}', '연결 상태는 {state}'],
  ['the list does not say so of {address}', '목록에 {address}에 대한 기록이 없음'],
  ['the packet is not so', '패킷이 이 조건에 맞지 않음'],

  // Conditions on the edges of the graph.
  ['not {what}', '{what} 아님'],
  ['to this node', '목적지가 이 노드'],
  ['from this node', '출발지가 이 노드'],
  ['from port {ports}', '출발지 포트 {ports}'],
  ['in by {name}', '입력 {name}'],
  ['out by {name}', '출력 {name}'],
  ['client seen in the last {seconds} s', '{seconds}초 안에 온 클라이언트'],
  ['related', '관련 연결'],
  ['established', '기존 연결'],
  ['new', '새 연결'],
  ['invalid', '잘못된 연결'],
  ["source becomes the node's", '출발지를 노드 주소로'],
  ['source becomes {address}', '출발지를 {address}(으)로'],
  ['mark {mark}', '표시 {mark}'],

  // Ways through the cluster.
  ['the client', '클라이언트'],
  ['the load balancer', '로드 밸런서'],
  ['the load balancer of {service}', '{service}의 로드 밸런서'],
  ['the address of {service}', '{service}의 주소'],
  ['the controller', '컨트롤러'],
  ['an endpoint', '엔드포인트'],
  ['a node', '노드'],
  ['a pod', '파드'],
  ["the cloud's front ends call from {prefixes}", '클라우드의 프런트엔드는 {prefixes}에서 호출함'],
  ['35.191.0.0/16 and 130.211.0.0/22', '35.191.0.0/16과 130.211.0.0/22'],
  [
    "the load balancer calls from addresses of its own in the nodes' network",
    '로드 밸런서는 노드 네트워크에 있는 자기 주소로 호출함',
  ],
  ['{address} stands for them', '{address}(으)로 대신함'],
  [
    "the load balancer makes the second connection, so no packet that the pod sees has the client's address",
    '두 번째 연결은 로드 밸런서가 맺으므로 파드가 보는 패킷에는 클라이언트의 주소가 없음',
  ],
  ["the controller's Service is {service}, by its name", '컨트롤러의 서비스는 이름으로 보아 {service}'],
  [
    'the controller saw the client itself and names it',
    '컨트롤러가 클라이언트를 직접 보고 그 주소를 알려 줌',
  ],
  [
    'the load balancer names the client to the controller in the PROXY protocol, and the controller to the pod',
    '로드 밸런서가 PROXY 프로토콜로 컨트롤러에게, 컨트롤러가 파드에게 클라이언트를 알려 줌',
  ],
  [
    'on some ways the controller itself sees {addresses} and names that in X-Forwarded-For',
    '일부 경로에서는 컨트롤러에도 {addresses}이(가) 보이며 X-Forwarded-For에 그 주소를 적음',
  ],
  [
    'the controller itself sees {addresses} and names that in X-Forwarded-For',
    '컨트롤러에도 {addresses}이(가) 보이며 X-Forwarded-For에 그 주소를 적음',
  ],
  ['the PROXY protocol between them would help', '둘 사이에 PROXY 프로토콜을 쓰면 해결됨'],
  [
    'externalTrafficPolicy: Local on {service} would help',
    '{service}에 externalTrafficPolicy: Local을 쓰면 해결됨',
  ],
  [
    'which Service leads to the controller of class {name} is not known: none among the files has its name',
    '클래스 {name}의 컨트롤러로 가는 서비스를 알 수 없음(파일에 그 이름의 서비스가 없음)',
  ],
  ['the first connection does not come to the controller', '첫 연결이 컨트롤러에 도달하지 않음'],
  [
    'no endpoint of {service} is ready: the controller answers with 503',
    '{service}에 준비된 엔드포인트가 없어 컨트롤러가 503으로 응답함',
  ],
  [
    "no rule takes {url} and the Ingress has no default backend: the controller's own answers, with 404",
    '{url}에 맞는 규칙도 기본 백엔드도 없어 컨트롤러가 404로 응답함',
  ],
  ['node {node} does not answer', '노드 {node}이(가) 응답하지 않음'],
  ['it goes from node to node in a circle', '노드 사이를 맴돎'],
  [
    'nothing is known to listen at port {port} of {node} itself',
    '{node}의 포트 {port}에서 기다리는 프로그램이 없음',
  ],
  [
    "{address} is a pod's address: routes to pods are known inside the cluster only, no router outside has one",
    '{address}: 파드의 주소이며, 파드로 가는 경로는 클러스터 안에서만 알고 밖의 라우터는 모름',
  ],
  [
    '{address} is a cluster address: no machine has it and no router has a route to it, only the rules of the nodes know it',
    '{address}: 클러스터 주소이며, 이 주소를 가진 기계도 그리로 가는 경로도 없고 노드의 규칙만이 앎',
  ],
  [
    '{end} is no port of the service, so node {node} has no rule for it, and no router knows the address',
    '{end}: 서비스의 포트가 아니어서 노드 {node}에 규칙이 없고, 이 주소를 아는 라우터도 없음',
  ],
  ['the load balancer of {service} has no port {port}', '{service}의 로드 밸런서에는 포트 {port}이(가) 없음'],
  [
    'the load balancer admits only {ranges}, and {address} is not among them',
    '로드 밸런서는 {ranges}만 받아들이며 {address}은(는) 거기에 없음',
  ],
  [
    'the load balancer makes connections to node ports, and the service has none (allocateLoadBalancerNodePorts: false)',
    '로드 밸런서는 노드 포트로 연결하는데 서비스에 노드 포트가 없음(allocateLoadBalancerNodePorts: false)',
  ],
  [
    'no node has a ready endpoint, so all fail the health check and the load balancer has nowhere to send',
    '준비된 엔드포인트가 있는 노드가 없어 모두 상태 검사에 실패하고, 로드 밸런서가 보낼 곳이 없음',
  ],
  ['the load balancer has no node to send to', '로드 밸런서가 보낼 노드가 없음'],
  [
    'the answer goes straight to {to}, past node {node}, which alone could translate it: it comes from {server}, but the client called {called} and refuses it',
    '응답이 변환을 맡은 노드 {node}을(를) 거치지 않고 {to}(으)로 바로 감: 출발지가 {server}이라서 {called}을(를) 부른 클라이언트가 거절함',
  ],
  ['it leaves the cluster for {address}', '클러스터를 떠나 {address}(으)로 감'],
  ["sees the client's own address", '클라이언트 주소가 그대로 보임'],
  ['sees {seen} instead of the client', '클라이언트 대신 {seen}이(가) 보임'],
  ['{address} (or another of {count} nodes)', '{address}(또는 노드 {count}개 가운데 하나)'],
  ['{address} (the load balancer)', '{address}(로드 밸런서)'],
  [
    'by rule {number} of {table} {chain} on {node}, “{comment}”',
    '{node}의 {table} {chain} 규칙 {number}, “{comment}”',
  ],
  ['session affinity: the shares are those of first connections', '세션 고정: 비율은 첫 연결에 대한 것'],
  ['for {seconds} s a client keeps its endpoint', '{seconds}초 동안 클라이언트는 같은 엔드포인트를 씀'],
  ['{address} on {node}', '{node}의 {address}'],
  ['by rule {number} of {table} {chain} on {node}', '{node}의 {table} {chain} 규칙 {number}'],
  ['by a rule of {table} {chain} on {node}, “{comment}”', '{node}의 {table} {chain} 규칙, “{comment}”'],
  ['by a rule of {table} {chain} on {node}', '{node}의 {table} {chain} 규칙'],

  // What a change does.
  ['packets get through that did not before', '전에는 막혔던 패킷이 통과함'],
  ['packets are lost that got through before', '전에는 통과하던 패킷이 사라짐'],
  [
    'the source address that arrives is hidden, or no longer hidden',
    '도착하는 출발지 주소가 가려지거나 더는 가려지지 않음',
  ],
  ['other endpoints are reached', '도달하는 엔드포인트가 달라짐'],
  ['the same endpoints are reached, in other shares', '같은 엔드포인트에 다른 비율로 도달함'],
  [
    'which clients are remembered, or led by what is remembered',
    '기억하는 클라이언트가 달라지거나 기억에 따라 보내는 곳이 달라짐',
  ],
  ['packets arrive elsewhere, or are refused in another way', '다른 곳에 도착하거나 거부되는 방식이 달라짐'],
  ['rejected ({how})', '거부({how})'],
  ['dropped ({why})', '폐기({why})'],
  ['dropped', '폐기'],
  ['unknown: {why}', '알 수 없음: {why}'],
  ['to {address}', '목적지 {address}'],
  ['from {address}', '출발지 {address}'],
  ['port {ports}', '포트 {ports}'],
  ['anything', '모든 목적지'],
  ['anyone', '모두'],
  ['anywhere', '모든 곳'],
  ['all but {list}', '{list} 제외 전부'],
  ['{list} and {count} more', '{list} 외 {count}개'],
  ['and {count} more', '외 {count}개'],
  ['pods of the node', '노드의 파드'],
  ['the node itself', '노드 자신'],
  ['another interface', '다른 인터페이스'],
  ['outside', '외부'],
  ['the same destination', '원래 목적지'],
  ['its destination', '원래 목적지'],
  ['{from} to {to}', '{from}~{to}'],
];
