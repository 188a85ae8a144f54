import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import zopfli from '@gfx/zopfli';
import { defineConfig, type Plugin } from 'vite';
import { noticesOf } from './scripts/licences.mjs';

const source = resolve(import.meta.dirname, 'src');
const page = resolve(source, 'web/page');

/** What the library takes from Node, or does for terminals and logs alone, and what stands in for it in a browser. */
const platform: readonly (readonly [RegExp, string])[] = [
  [/^node:util$/, 'util.ts'],
  [/\/text\/sha256\.ts$/, 'sha256.ts'],
  [/\/text\/bytes\.ts$/, 'bytes.ts'],
  [/\/sensitive\.ts$/, 'sensitive.ts'],
  [/\/stringify\/stringify\w*\.js$/, 'no-yaml.ts'],
  [/^ip-num$/, 'ip-num.ts'],
];

/** Deflated as far as the format allows: it takes a second more than zlib's best, and is a thirtieth less. */
async function deflated(text: string): Promise<Uint8Array> {
  const bytes = Buffer.from(text);
  const packed = await zopfli.zlibAsync(bytes, { numiterations: 15, blocksplittingmax: 0 });
  if (!inflateSync(packed).equals(bytes)) throw new Error('what was deflated is not what comes out');
  return packed;
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Bytes as characters of ASCII: two for each 13 bits, as 91 times 91 is more than two to the 13th. Base 64 takes 12 bits for
 * two. No `<`, which would end the element that holds them.
 */
function packed91(bytes: Uint8Array): string {
  const charOf = (digit: number) => String.fromCharCode(digit === 25 ? 126 : 35 + digit);
  let text = '';
  let held = 0;
  let bits = 0;
  const put = (number: number) => {
    text += charOf(number % 91) + charOf(Math.floor(number / 91));
  };
  for (const byte of bytes) {
    held |= byte << bits;
    bits += 8;
    if (bits < 13) continue;
    put(held & 8191);
    held >>= 13;
    bits -= 13;
  }
  if (bits > 0) put(held);
  return text;
}

/** The style is packed with the script, before which nothing is shown. A sheet that a script makes is no matter of the policy. */
const styling = (style: string) =>
  `{const sheet=new CSSStyleSheet();sheet.replaceSync(${JSON.stringify(style)});document.adoptedStyleSheets=[sheet]}\n`;

/**
 * Unpacks the page's script and starts it: packed it has a third of its size. The policy names its hash too, so nothing
 * else can be started this way. A text becomes a script by a policy of trusted types alone, and there is no other.
 */
const starter = (length: number) => `(async () => {
  const text = document.getElementById('kubenat-script').textContent;
  const bytes = new Uint8Array(${length});
  const digit = (at) => text.charCodeAt(at) === 126 ? 25 : text.charCodeAt(at) - 35;
  let held = 0;
  let bits = 0;
  let count = 0;
  for (let at = 0; at < text.length; at += 2) {
    held |= (digit(at) + 91 * digit(at + 1)) << bits;
    bits += 13;
    for (; bits >= 8; bits -= 8) {
      bytes[count++] = held & 255;
      held >>= 8;
    }
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  const code = await new Response(stream).text();
  const trusted = globalThis.trustedTypes?.createPolicy('kubenat', { createScript: (script) => script });
  const script = document.createElement('script');
  script.textContent = trusted ? trusted.createScript(code) : code;
  document.body.append(script);
})();`;

/**
 * One file that holds script and style, and a policy that lets nothing else run: each is named by its hash. Data are put
 * into it later (src/web/embed.ts), in an element that is no script.
 */
function asOnePage(): Plugin {
  return {
    name: 'one-page',
    enforce: 'post',
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
          script += file.code;
          modules.push(...Object.keys(file.modules));
        } else if (name.endsWith('.css')) style += file.source;
        delete bundle[name];
      }
      script = `${styling(style)}${script}`;
      const packed = await deflated(script);
      const start = starter(packed.length);
      const policy = [
        "default-src 'none'",
        `script-src ${hashOf(start)} ${hashOf(script)}`,
        "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types kubenat',
      ].join('; ');
      const notices = noticesOf(modules);
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source: notices });
      this.emitFile({
        type: 'asset',
        fileName: 'page.html',
        source: pageOf({ policy, packed: packed91(packed), start, notices }),
      });
    },
  };
}

interface PageParts {
  readonly policy: string;
  readonly packed: string;
  readonly start: string;
  readonly notices: string;
}

/** Whoever gets a page gets the notices with it. Two hyphens would end the comment for some readers. */
function pageOf({ policy, packed, start, notices }: PageParts): string {
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
<script id="kubenat-script" type="text/plain">${packed}</script>
<script>${start}</script>
<!--
${notices.replaceAll('--', '- -')}-->
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
