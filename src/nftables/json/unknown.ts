/** What stands in the JSON and is not known here. */
export class UnknownJson extends Error {}

/** Any value of JSON. */
// biome-ignore lint/suspicious/noExplicitAny: what a file holds is looked at piece by piece
export type Any = any;
