export function objections(tag: string, version: string, changelog: string): string[];
