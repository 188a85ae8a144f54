import { visible } from '../text/excerpt.ts';
import { dataElement, type PageData } from './data.ts';

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
