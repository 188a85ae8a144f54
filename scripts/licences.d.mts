export function isAllowed(expression: string, allowed: readonly string[]): boolean;
export function noticesOf(modules: readonly string[], holder?: string): string;
