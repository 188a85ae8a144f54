export const claims: Readonly<
  Record<
    | 'compiled rules'
    | 'compiled rules of later releases'
    | 'tables of nftables mode'
    | 'the restore spelling'
    | 'the save spelling'
    | 'recorded outcomes of packets'
    | 'recorded outcomes of packets in nftables mode'
    | 'rule sets'
    | 'outcomes of packets'
    | 'packets of conversations'
    | 'rules with sets'
    | 'recorded spellings of rules'
    | 'spellings of rules'
    | 'the source-IP matrix'
    | 'what a change does to packets'
    | 'witnesses of a change, and packets it spares'
    | 'names and comments of any letters'
    | 'readers and the command line'
    | 'work in proportion to the input',
    { readonly against: string; readonly unit: string; readonly test: string }
  >
>;
export function addUp(lines: string): Map<string, number>;
export function printTable(sums: ReadonlyMap<string, number>): string;
export function withTable(page: string, table: string): string;
