import type { Command } from '../command.ts';
import type { NftTable } from '../model.ts';

/** Whether a table that is there before a text is loaded is gone after it. */
export type TakesAway = (table: Pick<NftTable, 'family' | 'name'>) => boolean;

/** What the commands of a text take away that others made; null: they leave all of it. */
export function takenAway(commands: readonly Command[]): TakesAway | null {
  const taking = commands.flatMap((command): readonly TakesAway[] => {
    if (command.do === 'flush-ruleset')
      return [({ family }) => command.family === undefined || command.family === family];
    if (command.do !== 'delete' || command.what !== 'table') return [];
    const { family, table } = command.of;
    return [(other) => other.family === family && other.name === table];
  });
  return taking.length === 0 ? null : (table) => taking.some((takes) => takes(table));
}
