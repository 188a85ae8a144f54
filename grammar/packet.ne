# A packet, as people write it:
#
#     tcp 198.51.100.7:40000 -> 192.168.10.11:32213 from external flags SYN state new
#     udp [fd00:10::9]:53 -> [fd00:10:96::a]:53
#     icmp 10.0.0.1 -> 10.0.0.2 type echo-request
@preprocessor typescript
@{%
import { packetLexer } from './packet-lexer.ts';

const part = ([token]) => ({ text: token.text, offset: token.offset });
const packet = ([protocol, , source, , , , destination, options]) => ({
  protocol,
  source,
  destination,
  options: options.map(([, option]) => option),
});
const option = ([name, , value]) => ({ name: name.value, offset: name.offset, value });
%}
@lexer packetLexer

packet      -> protocol %blank end %blank %arrow %blank end (%blank option):*  {% packet %}
protocol    -> %word                        {% part %}
end         -> %word                        {% part %}
             | %bracketed                   {% part %}
option      -> %keyword %blank value        {% option %}
value       -> %word                        {% part %}
