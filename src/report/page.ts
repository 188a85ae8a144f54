import type { VersionOptions, VersionTexts } from '../session/version.ts';
import { visible } from '../text/excerpt.ts';

/**
 * What the page is given: the texts that the user named, as they are. The page reads, compiles and walks them itself, with
 * the same library as the command line, so that nothing in it is worked out twice.
 */
export interface PageData {
  /** What the page is about, for its title: the files as the user named them. */
  readonly title: string;
  /** The version to show; where there are two, the later one. */
  readonly version: VersionTexts;
  /** The version before, where two are compared. */
  readonly before: VersionTexts | null;
  readonly options: VersionOptions;
  /** Where the page begins, as in its address behind `#`; empty for the list of services. */
  readonly state: string;
  /** Where the server says that a file has changed (an address of an event stream); null in a file. */
  readonly live: string | null;
}

/** The id of the element that holds the data. */
export const dataElement = 'kubenat-data';

/** Where the page without data has room for its title, its data and the places that it may ask. */
const places = {
  title: '<title>kubenat</title>',
  data: `<script id="${dataElement}" type="application/json"></script>`,
  connect: "connect-src 'none'",
} as const;

/**
 * The page with its data. `template` is the page as it was built, without data. Nothing of the data can end the element
 * that holds it: what could is written as escapes of JSON.
 */
export function embedData(template: string, data: PageData): string {
  const json = JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, escapeJson);
  const title = visible(`kubenat: ${data.title}`).replace(/[<>&]/g, escapeHtml);
  const filled = {
    title: `<title>${title}</title>`,
    data: places.data.replace('></', () => `>${json}</`),
    connect: data.live === null ? places.connect : "connect-src 'self'",
  };
  return (Object.keys(places) as (keyof typeof places)[]).reduce(
    (page, name) => fill(page, places[name], filled[name]),
    template,
  );
}

/** The first such place is the template's own: what is filled in stands behind it. */
function fill(page: string, place: string, text: string): string {
  const at = page.indexOf(place);
  if (at === -1) throw new Error(`the page has no ${place}`);
  return page.slice(0, at) + text + page.slice(at + place.length);
}

function escapeJson(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function escapeHtml(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
