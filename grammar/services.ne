# One line of a table that `kubectl get services` or `kubectl get endpoints` prints: the header or a row.
#
#     NAMESPACE  NAME  TYPE          CLUSTER-IP   EXTERNAL-IP             PORT(S)                     AGE
#     default    web   LoadBalancer  10.3.241.52  35.184.97.156,10.0.0.1  80:32213/TCP,443:31443/TCP  5m
@preprocessor typescript
@{%
import { servicesLexer } from './services-lexer.ts';

const wordItem = ([token]) => ({ kind: 'word', text: token.text, offset: token.offset });
const absentItem = ([token]) => ({ kind: 'absent', text: token.text, offset: token.offset });
const portItem = ([port, nodePort, , protocol]) => ({
  kind: 'port',
  port: Number(port.value),
  nodePort: nodePort === null ? null : Number(nodePort[1].value),
  protocol: protocol.value,
  text: `${port.value}${nodePort === null ? '' : `:${nodePort[1].value}`}/${protocol.value}`,
  offset: port.offset,
});
const cellItem = ([first, rest, more]) => ({
  items: [first, ...rest.map(([, item]) => item)],
  omitted: more === null ? 0 : Number(more.value.match(/\d+/)[0]),
});
%}
@lexer servicesLexer

line -> cell (%blank cell):*                 {% ([first, rest]) => [first, ...rest.map(([, next]) => next)] %}
cell -> item (%comma item):* %more:?         {% cellItem %}
item -> port                                 {% ([only]) => only %}
      | %absent                              {% absentItem %}
      | %word                                {% wordItem %}
port -> %number (%colon %number):? %slash %protocol  {% portItem %}
