import type { Severity } from '../proof/classes/classify.ts';

/** Colours by how much something matters, as a terminal names them. */
export const severityColors: Readonly<Record<Severity, string>> = { high: '31', medium: '33', low: '36' };
