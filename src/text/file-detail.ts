/** What the system says of a file that it does not read or write. */
export type FileFault =
  | {
      readonly code:
        | 'not-there'
        | 'no-permission'
        | 'is-folder'
        | 'part-no-folder'
        | 'links-in-circle'
        | 'name-too-long'
        | 'disk-full'
        | 'disk-read-only'
        | 'is-socket';
    }
  /** In its own words. */
  | { readonly code: 'of-system'; readonly text: string };

/** Why a program gives nothing: in its own words, by its status alone, or since it was not started. */
export type ProgramFault =
  | { readonly code: 'said'; readonly text: string }
  | { readonly code: 'status'; readonly status: number | null }
  | { readonly code: 'not-started'; readonly fault: FileFault };

/** What is larger than may be read. */
export type TooLarge =
  | { readonly code: 'text-too-large'; readonly path: string }
  | { readonly code: 'all-too-large' | 'git-too-large' };

/** What is wrong with files and directories, and with programs that make something of them. */
export type FileDetail =
  | TooLarge
  | { readonly code: 'file-fault'; readonly path: string; readonly fault: FileFault }
  | { readonly code: 'output-breaks-off'; readonly fault: FileFault }
  | { readonly code: 'folder-without-manifests'; readonly path: string; readonly below: readonly string[] }
  | {
      readonly code: 'link-out-of-folder' | 'entry-not-regular';
      readonly path: string;
      readonly name: string;
    }
  | {
      readonly code:
        | 'build-below'
        | 'no-kustomize'
        | 'chart-unasked'
        | 'no-helm'
        | 'unknown-to-git'
        | 'no-file-of-git'
        | 'git-gives-nothing'
        | 'utf16'
        | 'changed-while-read';
      readonly path: string;
    }
  | { readonly code: 'stdin-twice' | 'not-utf8' }
  | { readonly code: 'no-kubectl'; readonly context: string }
  | { readonly code: 'program-fails'; readonly command: string; readonly fault: ProgramFault };
