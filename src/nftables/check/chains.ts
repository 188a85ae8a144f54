import { want } from '../../text/expected.ts';
import type { BaseChain, ChainType, NftFamily, NftHook } from '../model.ts';
import { Refusal } from '../refusal.ts';

const internet: readonly NftHook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

/** The hooks of each family, and of each type of chain that the family has. */
const hooks: Readonly<Record<NftFamily, { readonly [T in ChainType]?: readonly NftHook[] }>> = {
  ip: { filter: internet, nat: internet.filter((hook) => hook !== 'forward'), route: ['output'] },
  ip6: { filter: internet, nat: internet.filter((hook) => hook !== 'forward'), route: ['output'] },
  inet: {
    filter: [...internet, 'ingress'],
    nat: internet.filter((hook) => hook !== 'forward'),
    route: ['output'],
  },
  arp: { filter: ['input', 'output'] },
  bridge: { filter: internet },
  netdev: { filter: ['ingress', 'egress'] },
};

/** Connections are tracked from there on, and NAT must come after. */
const conntrackPriority = -200;

/** Throws a `Refusal` where the kernel has no such base chain. */
export function checkBase({ type, hook, priority, devices }: BaseChain, family: NftFamily): void {
  const own = hooks[family][type];
  if (!own)
    throw new Refusal(
      `${family} has no chains of type ${type}`,
      want.written(Object.keys(hooks[family]).join(', ')),
    );
  if (!own.includes(hook))
    throw new Refusal(
      `a chain of type ${type} in ${family} has no hook ${hook}`,
      want.written(own.join(', ')),
    );
  if (type === 'nat' && priority <= conntrackPriority)
    throw new Refusal(
      `the priority ${priority} is before connections are tracked`,
      want.thing('nat-priority', String(conntrackPriority)),
    );
  const isOfDevice = hook === 'ingress' || hook === 'egress';
  if (isOfDevice && devices.length === 0 && family === 'inet')
    throw new Refusal('the chain names no device', want.written('device "…"'));
  if (!isOfDevice && devices.length > 0) throw new Refusal(`a chain in the hook ${hook} is of no device`);
}

/** Of a base chain only the policy can be declared anew, and no other chain becomes one. */
export function checkSameBase(known: BaseChain | undefined, again: BaseChain | undefined): void {
  if (!again) return;
  if (!known) throw new Refusal('the chain is there already, and no base chain');
  if (known.type !== again.type || known.hook !== again.hook || known.priority !== again.priority)
    throw new Refusal(
      'the base chain is there already, of another type, hook or priority',
      want.written(`type ${known.type} hook ${known.hook} priority ${known.priority}`),
    );
}
