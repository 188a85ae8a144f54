import { existsSync, readFileSync } from 'node:fs';
import type { CommandDetail } from '../report/words/command.ts';
import { refuse } from '../session/refuse.ts';
import { want } from '../text/expected.ts';

/** Where the built page lies, from the built command and from the sources. */
const builtPlaces = ['../web/page.html', '../../dist/web/page.html'].map(
  (path) => new URL(path, import.meta.url),
);

/** The page without data, as it was built (`npm run page`). Throws an InputError where it was not. */
export function pageTemplate(places: readonly URL[] = builtPlaces): string {
  const place = places.find((url) => existsSync(url));
  if (!place) return refuse<CommandDetail>({ code: 'page-unbuilt' }, want.thing('page-build'));
  return readFileSync(place, 'utf8');
}
