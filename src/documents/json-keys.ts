/** JSON.parse takes the last of two equal keys, as the API server does, and says nothing. */

/** Where a key stands that its object has already, as offsets of its string in the text; null where none does. */
export function repeatedKey(
  text: string,
  value: unknown,
): { readonly start: number; readonly end: number } | null {
  // To count is quick, and nearly always enough.
  return countIn(text) === countOf(value) ? null : findRepeated(text);
}

/** Strings that a colon follows. The text must be JSON. */
function countIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; ) {
    const end = endOfString(text, at);
    if (isKey(text, end)) count += 1;
    at = text.indexOf('"', end);
  }
  return count;
}

/** Without recursion: a value may be nested deeper than the stack is. */
function countOf(value: unknown): number {
  let count = 0;
  const open = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const members = Object.values(one);
    if (!Array.isArray(one)) count += members.length;
    for (const member of members) if (typeof member === 'object' && member !== null) open.push(member);
  }
  return count;
}

const sign = /["{}]/g;

function findRepeated(text: string): { readonly start: number; readonly end: number } | null {
  const objects: Set<string>[] = [];
  sign.lastIndex = 0;
  for (let found = sign.exec(text); found; found = sign.exec(text)) {
    if (found[0] === '{') objects.push(new Set());
    else if (found[0] === '}') objects.pop();
    else {
      const start = found.index;
      const end = endOfString(text, start);
      sign.lastIndex = end;
      if (!isKey(text, end)) continue;
      const key = JSON.parse(text.slice(start, end)) as string;
      const keys = objects.at(-1);
      if (keys?.has(key)) return { start, end };
      keys?.add(key);
    }
  }
  return null;
}

/** The offset behind the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text[before] === '\\') before -= 1;
  return (at - before) % 2 === 0;
}

function isKey(text: string, after: number): boolean {
  let at = after;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return text[at] === ':';
}
