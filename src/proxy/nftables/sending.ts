import { formatAddress } from '../../address/address.ts';
import { headerOf, keyTypeOf } from './headers.ts';
import type {
  BaseSpec,
  ElementSpec,
  KeyValue,
  Operation,
  SetSpec,
  Transaction,
  Verdict,
} from './operations.ts';
import { spellRule } from './parts.ts';

/** What kube-proxy sends to `nft -f`: one command a line, as knftables writes it. */
export function spellTransaction({ family, operations }: Transaction): string {
  return operations.map((operation) => `${spell(operation, family)}\n`).join('');
}

function spell(operation: Operation, family: Transaction['family']): string {
  const table = `${headerOf[family]} kube-proxy`;
  switch (operation.do) {
    case 'add-table':
      return `add table ${table} { comment "${operation.comment}" ; }`;
    case 'add-chain': {
      const { name, base, comment } = operation.chain;
      const words = [
        ...(base ? [baseWords(base)] : []),
        ...(comment === undefined ? [] : [`comment "${comment}" ;`]),
      ];
      return `add chain ${table} ${name}${words.length === 0 ? '' : ` { ${words.join(' ')} }`}`;
    }
    case 'add-set':
      return `add ${operation.set.verdicts ? 'map' : 'set'} ${table} ${operation.set.name} { ${setWords(operation.set, family)} }`;
    case 'add-counter':
      return `add counter ${table} ${operation.name}`;
    case 'add-rule':
      return `add rule ${table} ${operation.chain} ${spellRule(operation.rule, family)}`;
    case 'add-element':
      return `add element ${table} ${operation.set} { ${elementWords(operation.element)} }`;
    case 'delete-element':
      return `delete element ${table} ${operation.set} { ${keyWords(operation.element.key)} }`;
    case 'flush':
    case 'delete':
      return `${operation.do} ${operation.what} ${table} ${operation.name}`;
  }
}

function baseWords({ type, hook, priority }: BaseSpec): string {
  return `type ${type} hook ${hook} priority ${priority} ;`;
}

function setWords(
  { key, verdicts, comment, timeoutSeconds }: SetSpec,
  family: Transaction['family'],
): string {
  const type = `type ${key.map((field) => keyTypeOf(field, family)).join(' . ')}${verdicts ? ' : verdict' : ''} ;`;
  const timeout =
    timeoutSeconds === undefined ? [] : [`flags dynamic,timeout ; timeout ${timeoutSeconds}s ;`];
  return [type, ...timeout, ...(comment === undefined ? [] : [`comment "${comment}" ;`])].join(' ');
}

function elementWords({ key, verdict, comment }: ElementSpec): string {
  const note = comment === undefined ? '' : ` comment "${comment}"`;
  return `${keyWords(key)}${note}${verdict === undefined ? '' : ` : ${verdictWords(verdict)}`}`;
}

function keyWords(key: readonly KeyValue[]): string {
  const spellOne = (value: KeyValue) => {
    if ('address' in value) return formatAddress(value.address);
    return 'protocol' in value ? value.protocol.toLowerCase() : String(value.port);
  };
  return key.map(spellOne).join(' . ');
}

function verdictWords(verdict: Verdict): string {
  return verdict === 'drop' ? 'drop' : `goto ${verdict.goto}`;
}
