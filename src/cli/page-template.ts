import { existsSync, readFileSync } from 'node:fs';

/** Where the built page lies, from the built command and from the sources. */
const places = ['../web/page.html', '../../dist/web/page.html'].map((path) => new URL(path, import.meta.url));

/** The page without data, as it was built (`npm run page`). */
export function pageTemplate(): string {
  const place = places.find((url) => existsSync(url));
  if (!place) throw new Error('the page was not built: npm run page');
  return readFileSync(place, 'utf8');
}
