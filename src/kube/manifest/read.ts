import { readDocuments } from '../../documents/documents.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { nearest } from '../../text/nearest.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { apiRelease } from './api-release.ts';
import { blocksOf } from './blocks.ts';
import type { ManifestDetail } from './detail.ts';
import {
  type AnyManifest,
  fullName,
  type Kind,
  type KubeObject,
  kinds,
  type ServiceManifest,
} from './kinds.ts';
import { asKept } from './later-fields.ts';
import { locate } from './locate.ts';
import type { Origin } from './origin.ts';
import { pastedParts } from './pasted-parts.ts';
import { placeIn } from './place-in.ts';
import { problemAt } from './problem-at.ts';
import { refusedListing } from './refused-listing.ts';
import { replacedSpec } from './replaced-service.ts';
import { looksLikeTable, readTables, unreadRow } from './table.ts';
import { type Reading, typed } from './typed.ts';
import { directoriesUnread, summarise, type Unread } from './unread.ts';
import { validate } from './validate.ts';

/** What a set of texts holds. With an error among the problems, `objects` is what could be read beside it. */
export interface Manifests {
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
}

/** How manifests are meant to reach the API server. */
export interface ReadOptions {
  /** That of objects which name none, as of `kubectl apply --namespace`; to name another is an error. */
  readonly namespace?: string | undefined;
  /** The release of the API server that judges them, as `1.30` or `v1.36.3`. Default: the newest that is known. */
  readonly kubeVersion?: string | undefined;
}

/**
 * Reads Kubernetes objects from YAML and JSON (several documents in a text, Lists, and Lists in Lists), and the tables that
 * kubectl prints; several answers of kubectl may follow each other, with what was typed between them. Objects of other kinds
 * are counted and named in one note.
 */
export function readManifests(sources: readonly Source[], options: ReadOptions = {}): Manifests {
  const { namespace, kubeVersion } = options;
  const release = apiRelease(kubeVersion);
  const objects: KubeObject[] = [];
  const unread: Unread[] = [];
  const problems: Problem[] = [];
  const besides: NotAnObject[] = [];
  const earlier = new Map<string, AnyManifest>();
  for (const source of sources) {
    const found: Found = { objects, unread, problems: [], refused: [], besides, release, fitted: [] };
    const judge = (given: AnyManifest) => {
      const before = beforeOf(given, earlier);
      const object = given.kind === 'Service' ? asReplaced(given, before) : given;
      if (nameIn(object)) earlier.set(keyOf(object), object);
      validate(object, before, found.problems, release);
    };
    const known = objects.length;
    readBlocks(source, found);
    // `kubectl get all` prints Services among much else, and who pastes several answers gives what is needed among others.
    const isRead = objects.slice(known).some(({ kind }) => kind !== 'UnreadRow');
    for (const one of found.refused) found.problems.push(isRead ? { ...one, severity: 'note' } : one);
    if (namespace !== undefined) placeIn(namespace, objects, known, found.problems);
    objects.slice(known).forEach((object, at) => {
      if (!('value' in object)) return;
      judge(object);
      objects[known + at] = asKept(object, release);
    });
    const template = found.problems.some(({ severity }) => severity === 'error') && templateIn(source);
    if (template) found.problems.push(template);
    for (const problem of found.problems.sort(byPlace)) problems.push(problem);
  }
  // A directory holds much that nobody means: an error only where it holds nothing else.
  for (const one of besides) problems.push(objects.length + unread.length > 0 ? passedOver(one) : one);
  const isSilent = objects.length + unread.length + problems.length === 0;
  if (isSilent) problems.push(...sources.flatMap(nothingIn));
  return {
    objects,
    problems: [...problems, ...sources.flatMap(directoriesUnread), ...summarise(unread, objects)],
  };
}

/** Where nothing else is read, comments that tell of addresses were more than comments to who gave them: a log, or what is commented out. */
function nothingIn(source: Source): Problem[] {
  const at = source.text.search(/\b\d{1,3}(?:\.\d{1,3}){3}\b/);
  if (at === -1) return [];
  const span = { source, start: at, end: at + 1 };
  const detail: ManifestDetail = { code: 'all-comments' };
  return [
    { code: 'not-kubernetes', severity: 'error', ...told<ManifestDetail>(detail), span, expected: anObject },
  ];
}

const keyOf = (object: AnyManifest) => `${object.kind} ${fullName(object)}`;
const nameIn = ({ value }: AnyManifest) => 'metadata' in value && value.metadata?.name;

/** Another of its name, which it replaces. Those that the API server names itself replace none. */
function beforeOf(object: AnyManifest, earlier: ReadonlyMap<string, AnyManifest>): AnyManifest | null {
  return (nameIn(object) && earlier.get(keyOf(object))) || null;
}

/** As the API server has it where another of its name was there before, which is how it judges it. */
function asReplaced(object: ServiceManifest, before: AnyManifest | null): ServiceManifest {
  if (before?.kind !== 'Service') return object;
  const spec = replacedSpec(before.value.spec ?? {}, object.value.spec ?? {});
  return { ...object, value: { ...object.value, spec } };
}

/** What Helm has yet to fill in is often YAML, but never what it seems. */
function templateIn(source: Source): Problem | undefined {
  const start = source.text.search(/\{\{-?\s*(?:\.|include|template|if|else|end|range|with|toYaml)/);
  if (start === -1) return undefined;
  const end = Math.max(source.text.indexOf('}}', start), start) + 2;
  return {
    code: 'helm-template',
    severity: 'note',
    ...told<ManifestDetail>({ code: 'helm-template-in' }),
    span: { source, start, end },
    expected: want.thing('helm-printed'),
  };
}

function readBlocks(source: Source, found: Found): void {
  const { sources, around, mayHold } = blocksOf(source);
  for (const block of sources) for (const part of pastedParts(block)) readPart(part, found);
  if (!around) return;
  found.problems.push(around);
  if (mayHold) found.objects.push(unreadRow(around.span, 'listed'));
}

function readPart(source: Source, found: Found): void {
  const refused = refusedListing(source);
  if (looksLikeTable(source.text)) readRows(source, found);
  else if (refused) {
    found.refused.push(refused);
    found.objects.push(unreadRow(refused.span, 'listed'));
  } else readObjects(source, found);
}

function readRows(source: Source, found: Found): void {
  const { rows, problems, refused } = readTables(source);
  for (const problem of refused) found.refused.push(problem);
  for (const row of rows) found.objects.push(row);
  for (const problem of problems) found.problems.push(problem);
}

function readObjects(source: Source, found: Found): void {
  const { values, problems } = readDocuments(source);
  for (const problem of problems) found.problems.push(problem);
  values.forEach((value, document) => {
    // A document that holds nothing but comments, as templates leave them.
    if (value !== null && value !== undefined) readValue(value, { source, document, items: [] }, found);
  });
}

interface Found extends Reading {
  readonly objects: KubeObject[];
  /** Parts that are not read: errors where nothing else is. */
  readonly refused: Problem[];
  readonly unread: Unread[];
  /** What lies beside manifests and is none: values of a Helm chart, settings of other programs. */
  readonly besides: NotAnObject[];
}

/** Lists in Lists in Lists are nobody's; a text that holds more is not read to its bottom. */
const deepestList = 20;

function readValue(value: unknown, origin: Origin, found: Found, inherited?: TypeMeta): void {
  const meta = typeMeta(value, inherited ?? kindOfFile(origin.source));
  if (!meta) {
    const isBeside = origin.source.besides && !isMeantAsObject(value);
    (isBeside ? found.besides : found.problems).push(notKubernetes(origin, value));
    return;
  }
  const { items } = value as { items?: unknown };
  // An empty list of Go is null.
  if (meta.kind.endsWith('List') && items === null) return;
  if (meta.kind.endsWith('List') && Array.isArray(items) && origin.items.length < deepestList) {
    const kind = meta.kind.slice(0, -4);
    const inner = kind === '' ? undefined : { kind, apiVersion: meta.apiVersion };
    items.forEach((item, index) => {
      readValue(item, { ...origin, items: [...origin.items, index] }, found, inner);
    });
    return;
  }
  if (!isRead(meta)) {
    if (holdsPodTemplate(value)) {
      keep(typed('CustomWorkload', meta.apiVersion, value as object, origin, found), found);
      return;
    }
    const meant = misspelt(meta);
    if (isKustomization(meta)) found.problems.push(notBuilt(origin));
    else if (isOfOtherGroup(meta)) found.problems.push(wrongGroup(origin, meta));
    else if (meant) found.problems.push(unknownKind(origin, meta, meant));
    else {
      found.unread.push(meta);
      const mayHold = unreadBut(meta, value);
      if (mayHold) found.objects.push(unreadRow(locate(origin, []), mayHold));
    }
  } else {
    keep(typed(meta.kind, meta.apiVersion, value as object, origin, found), found);
  }
}

/** One that lacks its name is judged, and goes no further. */
function keep(object: AnyManifest | undefined, found: Found): void {
  if (!object) return;
  if (object.name !== '' || object.kind === 'KubeProxyConfiguration') found.objects.push(object);
  else validate(object, null, found.problems, found.release);
}

/** Groups of Kubernetes itself; other groups may have a kind of the same name (Knative has a Service). */
const ownGroup = /^(?:(?:apps|batch|core|extensions|policy|autoscaling)\/)?v\d\w*$|\.k8s\.io\//i;

function isOfOtherGroup({ kind, apiVersion }: TypeMeta): boolean {
  return Object.hasOwn(kinds, kind) && ownGroup.test(apiVersion) && !apiVersion.startsWith('metrics');
}

function wrongGroup(origin: Origin, { kind, apiVersion }: TypeMeta): Problem {
  const groups: readonly string[] = kinds[kind as Kind].groups;
  const expected = want.either(...groups.map((group) => (group === '' ? 'v1' : `${group}/v1`)));
  const detail: ManifestDetail = { code: 'no-kind-in', kind, version: apiVersion };
  return problemAt(origin, ['apiVersion'], 'field-value', told<ManifestDetail>(detail), expected);
}

/** Whether an object that is not read may list endpoints, as a table that the API server answers does, or start pods. */
function unreadBut({ kind, apiVersion }: TypeMeta, value: unknown): 'listed' | 'started' | null {
  if (kind === 'Table' && apiVersion.startsWith('meta.k8s.io/')) return 'listed';
  if (ownGroup.test(apiVersion)) return null;
  return installs.has(kind) || holdsContainers(value) ? 'started' : null;
}

/** Kinds of those who install what is elsewhere: whatever runs may be of theirs. */
const installs: ReadonlySet<string> = new Set([
  'Application',
  'ApplicationSet',
  'HelmChart',
  'HelmRelease',
  'Kustomization',
  'Template',
]);

/** Somewhere in it pods are described, as operators take them. */
function holdsContainers(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null || depth > deepestList) return false;
  if (Array.isArray((value as { containers?: unknown }).containers)) return true;
  return Object.values(value).some((inner) => holdsContainers(inner, depth + 1));
}

/** Something that keeps so many pods of a template running; Knative's Service has a template, but says not how many. */
function holdsPodTemplate(value: unknown): boolean {
  const { spec } = value as { spec?: { template?: { spec?: { containers?: unknown } }; selector?: unknown } };
  return Array.isArray(spec?.template?.spec?.containers) && Boolean(spec?.selector);
}

/** In the file that kustomize reads, kind and version may be left out. */
function kindOfFile({ name }: Source): TypeMeta | undefined {
  if (!/(?:^|\/)kustomization\.ya?ml$/.test(name)) return undefined;
  return { kind: 'Kustomization', apiVersion: 'kustomize.config.k8s.io/v1beta1' };
}

function byPlace(left: Problem, right: Problem): number {
  return (left.span?.start ?? 0) - (right.span?.start ?? 0);
}

interface TypeMeta {
  readonly kind: string;
  readonly apiVersion: string;
}

/** Items of a typed list (`ServiceList`) come without a kind of their own. */
function typeMeta(value: unknown, inherited: TypeMeta | undefined): TypeMeta | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { kind = inherited?.kind, apiVersion = inherited?.apiVersion } = value as Record<string, unknown>;
  return typeof kind === 'string' && typeof apiVersion === 'string' ? { kind, apiVersion } : undefined;
}

function isRead(meta: TypeMeta): meta is TypeMeta & { kind: Kind } {
  return Object.hasOwn(kinds, meta.kind) && isOfGroup(meta.kind as Kind, meta.apiVersion);
}

function isOfGroup(kind: Kind, apiVersion: string): boolean {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const groups: readonly string[] = kinds[kind].groups;
  // That without a name has one version.
  return groups.includes(group) && (group !== '' || apiVersion === 'v1');
}

/** The kind of the same API group that is nearly spelled like this. */
function misspelt({ kind, apiVersion }: TypeMeta): string | undefined {
  const candidates = Object.keys(kinds).filter((known) => isOfGroup(known as Kind, apiVersion));
  return nearest(kind, candidates);
}

function isKustomization({ kind, apiVersion }: TypeMeta): boolean {
  return kind === 'Kustomization' && apiVersion.startsWith('kustomize.config.k8s.io/');
}

/** It says what to make of other files. */
function notBuilt(origin: Origin): Problem {
  const detail: ManifestDetail = { code: 'is-kustomization' };
  return problemAt(
    origin,
    [],
    'build-needed',
    told<ManifestDetail>(detail),
    want.thing('kustomize-directory'),
  );
}

function unknownKind(origin: Origin, { kind }: TypeMeta, meant: string): Problem {
  const [own, known] = [kind, meant].map((name) => name.toLowerCase());
  if (own === known || own === `${known}s`)
    return problemAt(
      origin,
      ['kind'],
      'kind-unknown',
      told<ManifestDetail>({ code: 'no-kind', kind }),
      want.written(meant),
    );
  const detail: ManifestDetail = { code: 'kind-passed', kind, meant };
  return problemAt(
    origin,
    ['kind'],
    'kind-unknown',
    told<ManifestDetail>(detail),
    want.written(meant),
    'warning',
  );
}

const passedOver = (one: NotAnObject): Problem => ({
  ...one,
  severity: 'warning',
  ...told<ManifestDetail>({ code: 'passed-over', of: one.detail }),
});

/** With one of these it is a manifest, in which something is missing. */
function isMeantAsObject(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && ['apiVersion', 'kind', 'metadata', 'spec', 'items'].some((key) => key in value);
}

const anObject = want.thing('api-object');

type NotAnObject = Problem & { readonly detail: ManifestDetail };

function notKubernetes(origin: Origin, value: unknown): NotAnObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const has = (key: string) => isObject && typeof (value as Record<string, unknown>)[key] === 'string';
  const lacking = ['apiVersion', 'kind'].filter((key) => !has(key));
  const detail: ManifestDetail = isObject ? { code: 'no-object', lacking } : { code: 'no-object-at-all' };
  const expected = isObject ? anObject : want.thing('object-of-kubectl');
  return { ...problemAt(origin, [], 'not-kubernetes', told<ManifestDetail>(detail), expected), detail };
}
