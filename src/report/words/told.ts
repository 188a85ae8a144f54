import type { PacketDetail } from '../../engine/detail.ts';
import type { ExpectationDetail, NameDetail, ShapeDetail } from '../../expect/file/detail.ts';
import type { SetDetail } from '../../ipset/detail.ts';
import type { DumpDetail } from '../../iptables/rule/detail.ts';
import type { ManifestDetail } from '../../kube/manifest/detail.ts';
import type { PathDetail } from '../../path/detail.ts';
import type { ProxyDetail } from '../../proxy/decide/detail.ts';
import type { SessionDetail } from '../../session/detail.ts';
import type { FileDetail } from '../../text/file-detail.ts';
import type { CommandDetail } from './command.ts';

/** All that problems tell as data: the unions of all rooms. Of a code each language has one sentence, whichever room says it. */
export type Told =
  | CommandDetail
  | DumpDetail
  | ExpectationDetail
  | FileDetail
  | ManifestDetail
  | NameDetail
  | PacketDetail
  | PathDetail
  | ProxyDetail
  | SessionDetail
  | SetDetail
  | ShapeDetail;
