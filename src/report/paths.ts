import type { Filled } from '../kube/cluster/filled.ts';
import type { Carrier, ClientNote, LegEnd, UrlStop } from '../path/url.ts';
import { pathWords as en } from './words/en/paths.ts';
import { pathWords as ko } from './words/ko/paths.ts';
import type { Language } from './words/language.ts';
import type { PathNote, PathWords } from './words/paths.ts';
import { sayOf } from './words/words-of.ts';

const tables: Readonly<Record<Language, PathWords>> = { en, ko };

/** Who makes a connection, or takes it. */
export function sayLegEnd(end: LegEnd, language: Language = 'en'): string {
  return sayOf(tables[language].ends, end);
}

/** Why a request gets no further. */
export function sayStop(stop: UrlStop, language: Language = 'en'): string {
  return sayOf(tables[language].stops, stop);
}

/** Why the server does not find the client, or under which condition it does: a sentence without a full stop. */
export function sayClientNote(note: ClientNote, language: Language = 'en'): string {
  return sayOf(tables[language].clientNotes, note);
}

/** A note of a request's way, or of a service: a sentence without a full stop. */
export function sayPathNote(note: PathNote, language: Language = 'en'): string {
  return sayOf(tables[language].notes, note);
}

/** What was filled in for a service, or a node. */
export function sayFilled(filled: Filled, language: Language = 'en'): string {
  return tables[language].filled(filled);
}

/** Where a server finds who calls. */
export function sayCarrier(carrier: Carrier, language: Language = 'en'): string {
  return tables[language].carriers[carrier];
}
