import { looksLikeJson, readDocuments } from '../../documents/documents.ts';
import { type Tree, treesOf } from '../../documents/tree.ts';
import type { Source } from '../../text/source.ts';
import { kinds } from './kinds.ts';
import { looksLikeTable } from './table.ts';

/**
 * A text of manifests that holds what kubenat reads and nothing else, to be handed around: of kinds that are passed over
 * only their names, of the others no environment, no annotations but those that decide something, no comments. Whatever
 * goes leaves room, so that lines and columns stay.
 */
export function redact(source: Source): Source {
  if (looksLikeTable(source.text)) return source;
  const trees = treesOf(source);
  if (trees === null) return redactValues(source);
  const stretches: [number, number][] = [];
  for (const tree of trees) hideObject(tree, (hidden) => stretches.push([hidden.start, hidden.end]));
  return { name: source.name, text: withoutComments(blankOut(source.text, stretches)) };
}

/** Of a text whose values have no places of their own. */
function redactValues(source: Source): Source {
  const items = readDocuments(source).values.filter((value) => value !== null && value !== undefined);
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2);
  return redact({ name: source.name, text });
}

type Hide = (tree: Tree) => void;

function hideObject(tree: Tree, hide: Hide): void {
  const members = tree.members();
  const kind = String(members.find(({ key }) => key === 'kind')?.tree.value ?? '');
  const isRead = Object.hasOwn(kinds, kind) || holdsPodTemplate(tree);
  for (const { key, tree: member } of members) {
    if (key === 'items' && (kind.endsWith('List') || kind === '')) {
      for (const item of member.members()) hideObject(item.tree, hide);
    } else if (key === 'metadata') hideMetadata(member, isRead, hide);
    else if (key === 'apiVersion' || key === 'kind') continue;
    else if (!isRead) hide(member);
    else if (kind === 'ConfigMap') hideData(member, hide);
    else hideWithin(member, hide);
  }
}

/** Rollout, CloneSet and the like. */
function holdsPodTemplate(tree: Tree): boolean {
  const at = ['spec', 'template', 'spec', 'containers'].reduce<Tree | undefined>(
    (holder, name) => holder?.members().find(({ key }) => key === name)?.tree,
    tree,
  );
  return at !== undefined;
}

/** Annotations that decide what rules or what ways there are. */
const decisive =
  /^(?:(?!kubectl\.)[\w-]+\.)*kubernetes\.io\/(?!.*(?:snippet|auth|secret|cause|description|token))|^cloud\.google\.com\/neg|proxy-protocol/;

function hideMetadata(metadata: Tree, isRead: boolean, hide: Hide): void {
  for (const { key, tree } of metadata.members()) {
    if (key === 'name' || key === 'namespace' || key === 'generateName') continue;
    if (!isRead || key === 'managedFields') hide(tree);
    else if (key === 'annotations') {
      for (const one of tree.members()) if (!decisive.test(one.key ?? '')) hide(one.tree);
    }
  }
}

/** Of a ConfigMap kubeadm's configuration of kube-proxy alone. */
function hideData(data: Tree, hide: Hide): void {
  const members = data.members();
  if (members.length === 0) hide(data);
  for (const { key, tree } of members) if (key !== 'config.conf') hide(tree);
}

/** What no rule depends on, and what people put secrets in. */
const secretive: ReadonlySet<string> = new Set([
  'args',
  'command',
  'data',
  'env',
  'envFrom',
  'exec',
  'httpHeaders',
  'imagePullSecrets',
  'lifecycle',
  'livenessProbe',
  'startupProbe',
  'stringData',
  'volumes',
  'volumeMounts',
  'volumeClaimTemplates',
]);

/** Maps whose keys are names that people gave: a label may be called `env`. */
const freelyNamed: ReadonlySet<string> = new Set(['labels', 'matchLabels', 'nodeSelector', 'selector']);

function hideWithin(tree: Tree, hide: Hide): void {
  for (const { key, tree: member } of tree.members()) {
    if (key !== null && freelyNamed.has(key)) continue;
    if (key !== null && secretive.has(key)) hide(member);
    else if (key === 'metadata') hideMetadata(member, true, hide);
    else hideWithin(member, hide);
  }
}

/** JSON must have a value where there was one. */
function blankOut(text: string, stretches: readonly (readonly [number, number])[]): string {
  const isJson = looksLikeJson(text);
  const parts: string[] = [];
  let at = 0;
  for (const [start, end] of stretches) {
    const blank = text.slice(start, end).replace(/[^\n]/g, ' ');
    parts.push(text.slice(at, start), isJson ? nothing(text.slice(start, end), blank) : blank);
    at = end;
  }
  return [...parts, text.slice(at)].join('');
}

function nothing(value: string, blank: string): string {
  if (value.startsWith('{')) return `{${blank.slice(2)}}`;
  if (value.startsWith('[')) return `[${blank.slice(2)}]`;
  return value.startsWith('"') ? `"${blank.slice(2)}"` : '0'.padEnd(value.length);
}

/** Comments are for those who have the file. */
function withoutComments(text: string): string {
  if (looksLikeJson(text)) return text;
  return text.split('\n').map(withoutComment).join('\n');
}

/** A sign within quotation marks begins no comment; where a line has any, it stays. */
function withoutComment(line: string): string {
  const at = line.search(/(?:^|[ \t])#/);
  if (at === -1) return line;
  const before = line.slice(0, line[at] === '#' ? at : at + 1);
  return before.trim() === '' || !/["']/.test(line) ? before : line;
}
