import { dataElement, type PageData } from '../../report/page.ts';

/** What the page was given; an empty cluster where nobody put anything in. */
export function readData(): PageData {
  const text = document.getElementById(dataElement)?.textContent ?? '';
  return text === '' ? nothing : (JSON.parse(text) as PageData);
}

const nothing: PageData = {
  title: '',
  version: { words: [], manifests: [], rules: null, config: null },
  before: null,
  options: {},
  state: '',
  live: null,
};
