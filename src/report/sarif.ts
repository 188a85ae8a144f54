/** What SARIF says of a kind of result. */
export interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly help?: { readonly text: string };
  readonly defaultConfiguration?: { readonly level: string };
}

/** A log of one run, as SARIF 2.1.0. */
export function sarifLog(rules: readonly SarifRule[], results: readonly object[]): string {
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'kubenat', rules } }, results }],
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** A place in a file; columns count from 1. */
export function sarifPlace(file: string, startLine: number, startColumn?: number): object {
  const region = { startLine, ...(startColumn !== undefined && { startColumn }) };
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, region } };
}

/**
 * Of a file of a revision the path alone: that is what a reviewer's tool looks for. A drive of Windows would be
 * taken for a scheme (RFC 8089, appendix E.2).
 */
function uriOf(name: string): string {
  const path = name
    .replaceAll('\\', '/')
    .replace(/^[^/:]{2,}:/, '')
    .replace(/^(?=[A-Za-z]:\/)/, 'file:///');
  return encodeURI(path).replace(/[?#[\]]/g, encodeURIComponent);
}
