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
rmSync(outDir, { recursive: true, force: true });

const { output } = await build({
  root,
  configFile: false,
  logLevel: 'warn',
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
          groups: [
            // What every start loads, and no more: the names of commands, flags and releases. Not the entry itself: it waits
            // for the parts that import this one.
            { name: 'start', tags: ['$initial'], test: /^(?!.*cli\/main\.ts$)/, priority: 1 },
            { name: 'core', minShareCount: 5 },
            { name: 'shared', minShareCount: 3 },
          ],
        },
      },
    },
  },
});

const modules = output.flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []));
writeFileSync(join(outDir, 'THIRD-PARTY.txt'), noticesOf(modules, 'The command'));
chmodSync(join(outDir, 'main.js'), 0o755);
