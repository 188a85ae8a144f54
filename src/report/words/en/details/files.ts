import type { FileDetail, FileFault, ProgramFault } from '../../../../text/file-detail.ts';
import { sayOf, type WordsOf } from '../../words-of.ts';

const faults: WordsOf<FileFault> = {
  'not-there': () => 'no such file or directory',
  'no-permission': () => 'permission denied',
  'is-folder': () => 'is a directory',
  'part-no-folder': () => 'a part of the path is no directory',
  'links-in-circle': () => 'links lead in a circle',
  'name-too-long': () => 'the name is too long',
  'disk-full': () => 'no space is left on the disk',
  'disk-read-only': () => 'the disk is read-only',
  'is-socket': () => 'is a socket',
  'of-system': ({ text }) => text,
};

const programFaults: WordsOf<ProgramFault> = {
  said: ({ text }) => text,
  status: ({ status }) => `its status is ${status}`,
  'not-started': ({ fault }) => sayOf(faults, fault),
};

/** What is wrong with files and directories, and with programs that make something of them. */
export const fileDetails: WordsOf<FileDetail> = {
  'file-fault': ({ path, fault }) => `${path}: ${sayOf(faults, fault)}`,
  'output-breaks-off': ({ fault }) => `standard output: ${sayOf(faults, fault)}; what is there is not all`,
  'folder-without-manifests': ({ path, below }) =>
    `${path}: there is no *.yaml, *.yml or *.json in this directory${below.length === 0 ? '' : `; there are some in ${below.join(', ')}, which -R reads, too`}`,
  'link-out-of-folder': ({ path, name }) => `${path}: ${name} is a link that leads out of the directory`,
  'entry-not-regular': ({ path, name }) => `${path}: ${name} is no regular file`,
  'build-below': ({ path }) =>
    `${path} is a kustomization or a chart, which has to be built and is not read file by file`,
  'no-kustomize': ({ path }) =>
    `${path} is a kustomization, and neither kubectl nor kustomize is on PATH to build it`,
  'chart-unasked': ({ path }) => `${path} is a Helm chart, which Helm has to render`,
  'no-helm': ({ path }) => `${path} is a Helm chart, and helm is not on PATH to render it`,
  'unknown-to-git': ({ path }) => `${path}: neither a file nor something that git knows`,
  'no-file-of-git': ({ path }) => `${path}: no regular file`,
  'git-gives-nothing': ({ path }) => `${path}: git does not give it`,
  utf16: ({ path }) => `${path} is UTF-16`,
  'text-too-large': ({ path }) => `${path} is too large to be read`,
  'all-too-large': () => 'all of it is too large to be read',
  'git-too-large': () => 'what git gives is too large to be read',
  'changed-while-read': ({ path }) => `${path} was written to while it was read`,
  'stdin-twice': () => '-: standard input was read before',
  'not-utf8': () => 'a byte that is not UTF-8',
  'no-kubectl': ({ context }) => `--context ${context}: kubectl is not on PATH`,
  'program-fails': ({ command, fault }) => `${command} failed: ${sayOf(programFaults, fault)}`,
};
