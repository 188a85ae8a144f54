import type { SetDetail } from '../../ipset/detail.ts';
import type { DumpDetail } from '../../iptables/rule/detail.ts';

/** All that problems tell as data: the unions of all rooms. Of a code each language has one sentence, whichever room says it. */
export type Told = DumpDetail | SetDetail;
