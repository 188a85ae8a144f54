// Bundles the command: a start of it was mostly the loading of modules, of which there are hundreds. Each subcommand stays a
// part of its own, loaded when it is called, and what several of them need is shared. The library stays as it is, modules with
// types. vite brings rolldown; what comes of other packages is named in THIRD-PARTY.txt beside the command.
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { noticesOf } from './licences.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outDir = join(root, 'dist/cli');

/** Commands that need less than half of the sources. */
const small = ['completion', 'compile', 'fmt', 'fmt-nft', 'get', 'merge', 'translate'].map((name) =>
  join(root, `src/cli/${name}.ts`),
);
/** Parts of the small commands, by the layers of the sources. */
const layers = {
  rules: /\/src\/(?:text|address|sets|grammar|iptables|nftables\/read\/recognise)\b|\/(?:moo|nearley)\//,
  nftables: /\/src\/nftables\//,
  manifests: /\/src\/(?:documents|kube)\/|\/yaml\//,
  node: /\/src\/(?:ipset|host|proxy|engine)\//,
};
/** Modules, by their paths. */
const ofSmall = new Set();
/** Finds all that the small commands load. */
const finder = {
  name: 'of-small-commands',
  buildEnd() {
    const found = [...small];
    for (let id = found.pop(); id !== undefined; id = found.pop()) {
      if (ofSmall.has(id)) continue;
      ofSmall.add(id);
      found.push(...(this.getModuleInfo(id)?.importedIds ?? []));
    }
  },
};

/** ip-num makes tables of all reserved ranges when it is loaded, so it waits for the first address of IPv6. */
const lazyAddresses = {
  name: 'lazy-addresses',
  enforce: 'pre',
  resolveId: (id, from) =>
    id === 'ip-num' && from?.endsWith('/address/address.ts') ? '\0lazy-addresses' : null,
  load: (id) =>
    id === '\0lazy-addresses'
      ? `export const IPv6 = { fromString: (text) => require('ip-num').IPv6.fromString(text) };`
      : null,
};

rmSync(outDir, { recursive: true, force: true });

const { output } = await build({
  root,
  configFile: false,
  logLevel: 'warn',
  plugins: [finder, lazyAddresses],
  // Without `node`, packages give their modules instead of CommonJS, of which nothing can be left out.
  ssr: { noExternal: true, target: 'node', resolve: { conditions: ['module', 'production'] } },
  build: {
    ssr: join(root, 'src/cli/main.ts'),
    outDir,
    emptyOutDir: false,
    target: 'node20',
    rollupOptions: {
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'part-[name]-[hash].js',
        // Names stay, for those who are told a fault's place; blanks go, since all of it is read at each start.
        minify: { mangle: { keepNames: true }, compress: false, codegen: { removeWhitespace: true } },
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            // What every start loads, and no more: the names of commands, flags and releases. Not the entry itself: it waits
            // for the parts that import this one.
            { name: 'start', tags: ['$initial'], test: /^(?!.*cli\/main\.ts$)/, priority: 1 },
            // A file costs each start half a millisecond, and 100 kB four. What small commands load is cut along the layers of the
            // sources, so that no part waits for one that waits for it.
            ...Object.entries(layers).map(([name, path]) => ({
              name,
              test: (id) => ofSmall.has(id) && path.test(id),
            })),
            // What they do not load, the others load nearly whole.
            { name: 'core', test: (id) => !ofSmall.has(id), minShareCount: 5 },
            { name: 'shared', test: (id) => !ofSmall.has(id), minShareCount: 3 },
          ],
        },
      },
    },
  },
});

const modules = output.flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []));
writeFileSync(join(outDir, 'THIRD-PARTY.txt'), noticesOf(modules, 'The command'));
chmodSync(join(outDir, 'main.js'), 0o755);
