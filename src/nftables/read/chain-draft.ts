import type { ChainSpec } from '../command.ts';
import type { BaseChain, LaterRules, NftChain, NftRule } from '../model.ts';

/** A chain that grows by commands. Its rules are no property of its own: whoever copies it says what the copy's are. */
export class ChainDraft implements NftChain {
  name: string;
  base?: BaseChain;
  declare readonly handle?: number;
  declare readonly comment?: string;
  declare readonly isHeld?: true;
  #rules: NftRule[] | undefined;
  #later: LaterRules | undefined;

  constructor({ name, base, policy = 'accept', handle, comment, isHeld }: ChainSpec) {
    this.name = name;
    if (base) this.base = { policy, ...base };
    if (handle !== undefined) this.handle = handle;
    if (comment !== undefined) this.comment = comment;
    if (isHeld) this.isHeld = true;
  }

  get rules(): NftRule[] {
    this.#rules ??= this.#later?.make() ?? [];
    this.#later = undefined;
    return this.#rules;
  }

  set rules(rules: NftRule[]) {
    this.#rules = rules;
    this.#later = undefined;
  }

  get later(): LaterRules | undefined {
    return this.#later;
  }

  addLater(later: LaterRules): void {
    if (this.#rules || this.#later) this.rules.push(...later.make());
    else this.#later = later;
  }

  toJSON(): NftChain {
    return { ...this, rules: this.rules };
  }
}
