import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { compress, decompress } from 'lzma1';
import { type MinifyOptions, minify } from 'terser';
import { build, defineConfig, type Plugin, type Rolldown } from 'vite';
import { noticesOf } from './scripts/licences.mjs';
import { packed } from './src/web/page/start/packed.ts';

const source = resolve(import.meta.dirname, 'src');
const page = resolve(source, 'web/page');

/** What Vite's own minifier leaves: a hundredth of the page. The one name at the top, by which tests ask the page, stays. */
const smaller: MinifyOptions = { ecma: 2020, compress: { passes: 3, ecma: 2020 } };

/** What the library takes from Node, or does for terminals and logs alone, and what stands in for it in a browser. */
const platform: readonly (readonly [RegExp, string])[] = [
  [/^node:util$/, 'util.ts'],
  [/\/text\/sha256\.ts$/, 'sha256.ts'],
  [/\/text\/bytes\.ts$/, 'bytes.ts'],
  [/\/sensitive\.ts$/, 'sensitive.ts'],
  [/\/stringify\/stringify\w*\.js$/, 'no-yaml.ts'],
  [/^ip-num$/, 'ip-num.ts'],
  [/^diff$/, 'diff.ts'],
];

/** Documents are read with yaml's plainest schema (`documents/yaml-documents.ts`), and no node of them is made or turned into a value by it. */
const plainYaml: readonly (readonly [RegExp, string])[] = [
  [
    /yaml\/browser\/dist\/schema\/tags\.js$/,
    `import { map } from './common/map.js'; import { seq } from './common/seq.js'; import { string } from './common/string.js';
     export const coreKnownTags = {}; export const getTags = () => [map, seq, string];`,
  ],
  [/yaml\/browser\/dist\/nodes\/addPairToJSMap\.js$/, 'export const addPairToJSMap = null;'],
  [/yaml\/browser\/dist\/doc\/createNode\.js$/, 'export const createNode = null;'],
  [/yaml\/browser\/dist\/doc\/applyReviver\.js$/, 'export const applyReviver = null;'],
  [/yaml\/browser\/dist\/parse\/cst-visit\.js$/, 'export const visit = null;'],
];

/** Lists of what dagre's modules export, as its bundler wrote them. */
const exportLists = /(?<=\b\w+\(\w+,\{)(?:\w+:\(\)=>[\w$]+,?)+(?=\}\)[;,])/g;

/** Without what nobody asks of them: by these lists, graph algorithms stay that neither dagre nor the page needs. */
function withoutUnasked(code: string): string {
  const rest = code.replaceAll(exportLists, '');
  const isAsked = (entry: string) => new RegExp(`[.{,]${/^\w+/.exec(entry)?.[0]}\\b`).test(rest);
  return code.replaceAll(exportLists, (list) => list.split(',').filter(isAsked).join());
}

/**
 * What nearley and moo tell of an error in words, print, and save for later: whoever parses asks only where a text goes wrong, and what
 * could stand there instead.
 */
const wordsOfParsers =
  /Parser\.prototype\.reportLexerError = [\s\S]*?(?=Parser\.prototype\.finish = )|(?:Rule|State)\.prototype\.toString = [\s\S]*?\n {4}\};?\n|(?<=new Error\()this\.(?:report(?:Lexer)?Error|formatError)\([^)]*\)|Lexer\.prototype\.formatError = [\s\S]*?(?=Lexer\.prototype\.clone = )|if \(typeof Symbol !== 'undefined' && Symbol\.iterator\) [\s\S]*?\n {2}\}\n|keywords: keywordTransform,/g;

/** Others' code without what the page does not ask of it. */
const shortened: readonly (readonly [file: RegExp, shorten: (code: string) => string])[] = [
  [/dagre\.esm\.js$/, withoutUnasked],
  [/nearley\/lib\/nearley\.js$|moo\/moo\.js$/, (code) => code.replaceAll(wordsOfParsers, '')],
];

/** LZMA leaves an eighth less than deflate at its best, which browsers have. */
function compressed(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const result = compress(bytes, 9);
  if (!Buffer.from(decompress(result)).equals(bytes))
    throw new Error('what was packed is not what comes out');
  return result;
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The style is packed with the script, before which nothing is shown. A sheet that a script makes is no matter of the policy. */
const styling = (style: string) =>
  `{const sheet=new CSSStyleSheet();sheet.replaceSync(${JSON.stringify(style)});document.adoptedStyleSheets=[sheet]}\n`;

/** What unpacks the page's script and starts it. It packs nothing. */
async function starter(): Promise<{ readonly code: string; readonly modules: readonly string[] }> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    plugins: [
      {
        name: 'without-encoder',
        enforce: 'pre',
        load: (id) => (/lzma1\/lib\/encoder\.js$/.test(id) ? 'export class Encoder {}' : null),
      },
    ],
    build: {
      write: false,
      target: 'es2023',
      lib: { entry: resolve(page, 'start/start.ts'), formats: ['iife'], name: 'start' },
    },
  });
  const [output] = built as Rolldown.RolldownOutput[];
  const [chunk] = output?.output ?? [];
  if (!chunk) throw new Error('there is nothing to start the page with');
  return { code: (await minify(chunk.code, smaller)).code ?? '', modules: Object.keys(chunk.modules) };
}

/**
 * One file that holds script and style, and a policy that lets nothing else run: each is named by its hash. Data are put
 * into it later (src/web/embed.ts), in an element that is no script.
 */
function asOnePage(): Plugin {
  return {
    name: 'one-page',
    enforce: 'post',
    load: (id) => plainYaml.find(([file]) => file.test(id))?.[1] ?? null,
    transform(code, id) {
      const [, shorten] = shortened.find(([file]) => file.test(id)) ?? [];
      if (!shorten) return null;
      const asked = shorten(code);
      if (asked === code) this.error(`${id} has nothing of what was to be left out`);
      return { code: asked, map: null };
    },
    moduleParsed({ id, importedIds, code }) {
      if (id.startsWith(source) && /\b(?:Buffer|process)\./.test(code ?? ''))
        this.error(`${id} asks for what no browser has`);
      const ofNode = importedIds.find((name) => /^(?:node:|__vite-browser-external)/.test(name));
      if (ofNode) this.error(`${id} asks for ${ofNode}, which no browser has`);
    },
    async generateBundle(_, bundle) {
      let script = '';
      let style = '';
      const modules: string[] = [];
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === 'chunk') {
          script += (await minify(file.code, smaller)).code;
          modules.push(...Object.keys(file.modules));
        } else if (name.endsWith('.css')) style += file.source;
        delete bundle[name];
      }
      const start = await starter();
      const notices = noticesOf([...modules, ...start.modules]);
      script = `globalThis.thirdParty=${JSON.stringify(notices)}\n${styling(style)}${script}`;
      const policy = [
        "default-src 'none'",
        `script-src ${hashOf(start.code)} ${hashOf(script)}`,
        "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types kubenat',
      ].join('; ');
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source: notices });
      this.emitFile({
        type: 'asset',
        fileName: 'page.html',
        source: pageOf({ policy, script: packed(compressed(script)), start: start.code }),
      });
    },
  };
}

interface PageParts {
  readonly policy: string;
  /** Packed. */
  readonly script: string;
  readonly start: string;
}

/** Whoever gets a page gets the notices of others' code with it: the page shows them, and they are packed with the script. */
function pageOf({ policy, script, start }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>kubenat</title>
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript: it walks packets through rules by itself, without any network.</noscript>
<script id="kubenat-data" type="application/json"></script>
<script id="kubenat-script" type="text/plain">${script}</script>
<script>${start}</script>
</body>
</html>
`;
}

export default defineConfig({
  plugins: [asOnePage()],
  resolve: {
    alias: [
      ...platform.map(([find, file]) => ({
        find: new RegExp(`^.*${find.source.replace(/^\^/, '')}`),
        replacement: resolve(page, 'platform', file),
      })),
    ],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist/web',
    emptyOutDir: false,
    target: 'es2023',
    modulePreload: false,
    reportCompressedSize: false,
    // That the packing takes most of the time is meant.
    rollupOptions: { checks: { pluginTimings: false } },
    lib: { entry: resolve(page, 'main.tsx'), formats: ['iife'], name: 'kubenat', cssFileName: 'page' },
  },
});
