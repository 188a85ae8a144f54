import { type Family, familyOf, parseAddress } from '../../address/address.ts';
import { parsePacket } from '../../engine/notation.ts';
import { isOpening, type Packet, packetFamily } from '../../engine/packet.ts';
import { type Path, type SmallDocument, spanOf } from '../../host/document.ts';
import type { Host } from '../../host/model.ts';
import { tableNames } from '../../iptables/rule/ruleset.ts';
import type { Box } from '../../sets/box.ts';
import { type Said, told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import { nearest } from '../../text/nearest.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { Cause, Claim, Goal, SharedGoal } from '../claims.ts';
import { boxesOf } from '../sets.ts';
import { parseShare } from '../shares.ts';
import { contradictionOf } from './contradiction.ts';
import type { ExpectationDetail, NameDetail } from './detail.ts';
import { type ExpectationText, many } from './model.ts';
import { isNamedPacket, namedPacket } from './named-packet.ts';
import { findPlaces, findPorts, findService, isList, isNameless, type Names } from './names.ts';
import { SetReader } from './sets.ts';

/** What is asked of one node: a packet, or a set of them, and the claims on it. */
export interface Question {
  readonly packet: Packet | null;
  /** Of a set; empty for a single packet. */
  readonly boxes: readonly Box[];
  readonly claims: readonly Claim[];
  /** What is not known is no failure. */
  readonly mayBeUnknown: boolean;
}

/** The stage on which an expectation means something. */
export interface Stage {
  readonly names: Names;
  readonly host: Host;
  /** The chains that there are, `TABLE/CHAIN`. */
  readonly chains: ReadonlyMap<string, number>;
}

/**
 * Looks up all that an expectation names. What is wrong is reported to the document: names without a meaning, sets without
 * a packet, claims that exclude each other.
 */
export function readQuestion(
  document: SmallDocument,
  source: Source,
  path: Path,
  expectation: ExpectationText,
  stage: Stage,
): Question {
  const reader = new QuestionReader(document, source, path, stage);
  const claims = reader.claims(expectation);
  refuseContradictions(document, path, claims);
  if (expectation.packets !== undefined && expectation.reaches !== undefined)
    document.report(
      [...path, 'reaches'],
      'field-conflict',
      told<ExpectationDetail>({ code: 'reaches-of-packets' }),
      want.thing('packet-not-packets'),
    );
  const packet = reader.packet(expectation);
  if (packet && expectation.reaches !== undefined && !isOpening(packet))
    document.report(
      [...path, 'reaches'],
      'field-conflict',
      told<ExpectationDetail>({ code: 'reaches-opens-none' }),
      want.thing(packet.protocol === 6 ? 'syn' : 'request'),
    );
  const { mayBeUnknown = false } = expectation;
  return { packet, boxes: reader.boxes(expectation), claims, mayBeUnknown };
}

function refuseContradictions(document: SmallDocument, path: Path, claims: readonly Claim[]): void {
  for (const [index, claim] of claims.entries()) {
    const others = claims.slice(0, index);
    const why = others.map((other) => contradictionOf(other, claim)).find((one) => one !== null);
    if (why)
      document.report(
        [...path, claim.kind],
        'field-conflict',
        told<ExpectationDetail>(why),
        want.thing('one-of-them'),
      );
  }
}

/** The family of a packet that is written out, or of an address that is named; undefined where nothing tells. */
export function familyMeant(expectation: ExpectationText): Family | undefined {
  const { packet, packets, to, never, reaches, endpoints } = expectation;
  const isMapping = typeof endpoints === 'object' && !Array.isArray(endpoints);
  const places = isMapping
    ? Object.keys(endpoints)
    : many(endpoints as string | readonly string[] | undefined);
  const sets = many(packets).flatMap(({ from, src, dst }) => [...many(from), ...many(src), ...many(dst)]);
  const words = [packet ?? '', ...sets, ...many(to), ...many(never), ...many(reaches), ...places].flatMap(
    (text) => text.split(/\s+/),
  );
  for (const word of words) {
    const bare = /^\[([^\]]+)\]/.exec(word)?.[1] ?? word;
    const address =
      parseAddress(bare.replace(/\/\d+$/, '')) ?? parseAddress(bare.replace(/(?:\/\d+)?:[\d-]+$/, ''));
    if (address !== undefined) return familyOf(address);
  }
  return undefined;
}

class QuestionReader {
  private readonly document: SmallDocument;
  private readonly source: Source;
  private readonly path: Path;
  private readonly stage: Stage;

  constructor(document: SmallDocument, source: Source, path: Path, stage: Stage) {
    this.document = document;
    this.source = source;
    this.path = path;
    this.stage = stage;
  }

  packet({ packet: text }: ExpectationText): Packet | null {
    if (text === undefined) return null;
    if (isNamedPacket(text)) return this.namedPacket(text);
    try {
      const packet = parsePacket({ name: 'packet', text });
      const { family } = this.stage.names;
      if (packetFamily(packet) === family) return packet;
      this.report(
        ['packet'],
        'packet-family',
        told<ExpectationDetail>({ code: 'packet-other-family', family }),
        want.orElse(want.thing('addresses-of', family), 'family'),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.document.problems.push(...error.problems.map((problem) => this.moved(problem, text)));
    }
    return null;
  }

  private namedPacket(text: string): Packet | null {
    const packet = namedPacket(text, this.stage.names);
    if (!isNameless(packet)) return packet;
    this.report(['packet'], 'field-value', told<NameDetail>(packet.detail), packet.expected);
    return null;
  }

  /** A problem with a place in the packet, at its place in the file. */
  private moved(problem: Problem, text: string): Problem {
    const whole = spanOf(this.source, [...this.path, 'packet']);
    const at = this.source.text.slice(whole.start, whole.end).indexOf(text);
    if (at === -1 || !problem.span) return { ...problem, span: whole };
    const start = whole.start + at + problem.span.start;
    return { ...problem, span: { source: this.source, start, end: whole.start + at + problem.span.end } };
  }

  boxes({ packets }: ExpectationText): readonly Box[] {
    if (packets === undefined) return [];
    const { names, host } = this.stage;
    const reader = new SetReader(this.document, names, host);
    const isList = Array.isArray(packets);
    return many(packets).flatMap((text, index) => {
      const path = [...this.path, 'packets', ...(isList ? [index] : [])];
      const before = this.document.problems.length;
      const boxes = reader.read(text, path).flatMap((set) => boxesOf(set, host));
      if (boxes.length === 0 && this.document.problems.length === before) {
        const why = told<ExpectationDetail>({ code: 'no-such-packets' });
        this.document.report(path, 'field-conflict', why, want.thing('sources-of-from'));
      }
      return boxes;
    });
  }

  claims({ to, endpoints, source, verdict, by, never, reaches }: ExpectationText): readonly Claim[] {
    const claims: (Claim | null)[] = [
      to === undefined ? null : { kind: 'to', goals: this.goals(many(to), ['to']) },
      endpoints === undefined ? null : { kind: 'endpoints', goals: this.shared(endpoints) },
      source === undefined ? null : this.sourceClaim(source),
      verdict === undefined ? null : { kind: 'verdict', is: verdict },
      by === undefined ? null : this.byClaim(by),
      never === undefined ? null : { kind: 'never', goals: this.goals(many(never), ['never']) },
      reaches === undefined ? null : { kind: 'reaches', goals: this.goals(many(reaches), ['reaches']) },
    ];
    return claims.filter((claim) => claim !== null);
  }

  private goals(texts: readonly string[], path: Path): readonly Goal[] {
    return texts.flatMap((name) => {
      const places = findPlaces(name, this.stage.names);
      if (isList(places)) return [{ name, places }];
      this.report(path, 'field-value', told<NameDetail>(places.detail), places.expected);
      return [];
    });
  }

  private shared(endpoints: NonNullable<ExpectationText['endpoints']>): readonly SharedGoal[] {
    if (typeof endpoints === 'string' || Array.isArray(endpoints)) {
      const names = many(endpoints as string | readonly string[]);
      return this.goals(names, ['endpoints']).map((goal) => ({ ...goal, share: null }));
    }
    return Object.entries(endpoints).flatMap(([name, text]) =>
      this.goals([name], ['endpoints', name]).map((goal) => ({
        ...goal,
        share: parseShare(String(text)) ?? null,
      })),
    );
  }

  private sourceClaim(text: string): Claim | null {
    if (text === 'preserved' || text === 'masked') return { kind: 'source', is: text };
    const address = parseAddress(text);
    if (address !== undefined && familyOf(address) === this.stage.names.family)
      return { kind: 'source', is: address };
    const close = nearest(text, ['preserved', 'masked']);
    this.report(
      ['source'],
      'field-value',
      told<ExpectationDetail>({ code: 'no-source-claim', text }),
      close ? want.written(close) : want.orElse('preserved, masked', want.thing('address-of-family')),
    );
    return null;
  }

  private byClaim(text: string): Claim | null {
    const cause = text.startsWith('service ')
      ? this.serviceCause(text.slice(8).trim())
      : this.ruleCause(text);
    return cause && { kind: 'by', cause };
  }

  private serviceCause(text: string): Cause | null {
    const [service = '', port = null] = text.split(':');
    const { names } = this.stage;
    if (names.cluster) {
      const found = findService(service, names);
      const ports = isNameless(found) ? found : findPorts(found, port ?? undefined);
      if (!isList(ports)) return this.refuseBy(ports.detail, ports.expected);
    } else if (!/^[^/]+\/[^/]+$/.test(service))
      return this.refuseBy({ code: 'names-no-service', text }, want.written('service NAMESPACE/NAME'));
    return { kind: 'service', service, port };
  }

  private ruleCause(text: string): Cause | null {
    const [, table = '', chain = '', number] = /^([a-z]+(?: [^/ ]+)?)\/(.+?)(?:\/(\d+))?$/.exec(text) ?? [];
    if (!(tableNames as readonly string[]).includes(table) && !table.includes(' ')) {
      return this.refuseBy(
        { code: 'names-no-rule', text },
        want.either('TABLE/CHAIN', 'TABLE/CHAIN/NUMBER', 'service NAMESPACE/NAME'),
      );
    }
    const rules = this.stage.chains.get(`${table}/${chain}`);
    if (rules === undefined) {
      const close = nearest(`${table}/${chain}`, this.stage.chains.keys());
      return this.refuseBy(
        { code: 'no-chain', chain: `${table}/${chain}` },
        close ? want.perhaps(close) : want.thing('chain-of-rules'),
      );
    }
    const place = number === undefined ? null : Number(number);
    if (place !== null && (place < 1 || place > rules)) {
      return this.refuseBy(
        { code: 'chain-has-rules', chain: `${table}/${chain}`, count: rules },
        want.range(1, rules),
      );
    }
    return { kind: 'rule', table, chain, number: place };
  }

  private refuseBy(detail: ExpectationDetail | NameDetail, expected: Expected): null {
    this.report(['by'], 'rule-missing', told<ExpectationDetail | NameDetail>(detail), expected);
    return null;
  }

  private report(path: Path, code: Problem['code'], why: Said, expected: Expected): void {
    this.document.report([...this.path, ...path], code, why, expected);
  }
}
