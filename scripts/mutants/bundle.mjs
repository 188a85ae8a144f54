// The tests and what they test as scripts for `node:vm`: compiled once, and evaluated afresh for every mutant within
// some milliseconds, so that tables that are made at load are mutated like everything else.
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

/** Scripts by file name, and the name of each test file's own. `texts` stand in for the sources of these paths. */
export async function bundle(root, testFiles, texts) {
  const mutated = {
    name: 'mutated',
    enforce: 'pre',
    load: (id) => texts.get(id),
    transform(code, id) {
      if (!code.includes('import.meta.')) return undefined;
      return code
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href));
    },
  };
  const output = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [mutated],
    build: {
      ssr: true,
      write: false,
      minify: false,
      target: 'node20',
      rolldownOptions: {
        input: Object.fromEntries(testFiles.map((file) => [file.replaceAll('/', '+'), join(root, file)])),
        treeshake: false,
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunk-[name]-[hash].cjs' },
      },
    },
  });
  const chunks = output.output.filter(({ type }) => type === 'chunk');
  return {
    scripts: Object.fromEntries(chunks.map(({ fileName, code }) => [fileName, code])),
    entries: Object.fromEntries(
      testFiles.map((file) => [
        file,
        chunks.find(({ isEntry, facadeModuleId }) => isEntry && facadeModuleId === join(root, file)).fileName,
      ]),
    ),
  };
}
