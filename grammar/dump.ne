# One line of what iptables-restore reads. Words are split here; what they mean is said by the tables of option syntax.
@preprocessor typescript
@{%
import { lexer } from './dump-lexer.ts';
import { blank, chainLine, commitLine, countersOf, nameOf, ruleLine, tableLine, wordOf } from './dump-nodes.ts';
%}
@lexer lexer

line ->
    null                                             {% blank %}
  | %comment                                         {% blank %}
  | %star %name %name:*                               {% ([, name]) => tableLine(nameOf(name)) %}
  | %commit                                          {% commitLine %}
  | %colon %name %name rest:*                        {% ([, name, policy, rest]) => chainLine(nameOf(name), nameOf(policy), rest) %}
  | words                                            {% ([words]) => ruleLine(undefined, words) %}
  | %counters words                                  {% ([counters, words]) => ruleLine(countersOf(counters), words) %}

rest ->
    %counters                                        {% ([token]) => countersOf(token) %}
  | %name                                            {% () => undefined %}

words ->
    %word                                            {% ([word]) => [wordOf(word)] %}
  | words %word                                      {% ([words, word]) => [...words, wordOf(word)] %}
