import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const page = resolve(import.meta.dirname, 'src/web/page');

/** What the library takes from Node, and what stands in for it in a browser. */
const platform: readonly (readonly [RegExp, string])[] = [
  [/^node:util$/, 'util.ts'],
  [/\/text\/sha256\.ts$/, 'sha256.ts'],
  [/\/text\/bytes\.ts$/, 'bytes.ts'],
];

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * One file that holds script and style, and a policy that lets nothing else run: both are named by their hashes. Data are
 * put into it later (src/web/embed.ts), in an element that is no script.
 */
function asOnePage(): Plugin {
  return {
    name: 'one-page',
    enforce: 'post',
    generateBundle(_, bundle) {
      let script = '';
      let style = '';
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === 'chunk') script += file.code;
        else if (name.endsWith('.css')) style += file.source;
        delete bundle[name];
      }
      // The text of the element, as a browser hashes it. Nothing in it may end the element.
      script = script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
      const policy = [
        "default-src 'none'",
        `script-src ${hashOf(script)}`,
        `style-src ${hashOf(style)}`,
        "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; ');
      const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>kubenat</title>
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<script id="kubenat-data" type="application/json"></script>
<script>${script}</script>
</body>
</html>
`;
      this.emitFile({ type: 'asset', fileName: 'page.html', source: html });
    },
  };
}

export default defineConfig({
  plugins: [asOnePage()],
  resolve: {
    alias: platform.map(([find, file]) => ({
      find: new RegExp(`^.*${find.source.replace(/^\^/, '')}`),
      replacement: resolve(page, 'platform', file),
    })),
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist/web',
    emptyOutDir: false,
    target: 'es2023',
    modulePreload: false,
    reportCompressedSize: false,
    lib: { entry: resolve(page, 'main.tsx'), formats: ['iife'], name: 'kubenat', cssFileName: 'page' },
  },
});
