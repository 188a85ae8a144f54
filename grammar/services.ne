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
const cellItem = ([items, more]) => ({
  items,
  omitted: more === null ? 0 : Number(more.value.match(/\d+/)[0]),
});
// Lists are chained, last first: whatever can end is built anew with each member, and to copy a list each time is quadratic.
const alone = ([last]) => ({ before: null, last });
const chained = ([before, , last]) => ({ before, last });
%}
@lexer servicesLexer

line -> cell                                 {% alone %}
      | line %blank cell                     {% chained %}
cell -> items %more:?                        {% cellItem %}
items -> item                                {% alone %}
       | items %comma item                   {% chained %}
item -> port                                 {% ([only]) => only %}
      | %absent                              {% absentItem %}
      | %word                                {% wordItem %}
port -> %number (%colon %number):? %slash %protocol  {% portItem %}
