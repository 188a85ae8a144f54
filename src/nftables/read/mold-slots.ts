import { isTooLong } from '../comment.ts';
import { reserved } from './reserved.ts';

/** What may differ between texts that are read alike: an address of IPv4, a port, the name of a chain, a comment. */
export type Slot = 'address' | 'port' | 'name' | 'comment';

export type SlotValue = number | string;

/** A place in a text, and the value that was read last. */
export interface Cursor {
  readonly text: string;
  at: number;
  value: SlotValue;
}

const dot = 46;
const zero = 48;
const nine = 57;
const quote = 34;
const newline = 10;

/** Goes past one value, spelt as it is listed; false where none stands there. */
export const takeSlot: Readonly<Record<Slot, (cursor: Cursor) => boolean>> = {
  address: takeAddress,
  port: (cursor) => takeDecimal(cursor, 65_535) && cursor.value !== 0,
  name: takeName,
  comment: takeComment,
};

function takeAddress(cursor: Cursor): boolean {
  let address = 0;
  for (let part = 0; part < 4; part += 1) {
    if (part > 0) {
      if (cursor.text.charCodeAt(cursor.at) !== dot) return false;
      cursor.at += 1;
    }
    if (!takeDecimal(cursor, 255)) return false;
    address = address * 256 + (cursor.value as number);
  }
  cursor.value = address;
  return true;
}

/** Without zeros before it, which would make it octal. */
function takeDecimal(cursor: Cursor, most: number): boolean {
  const { text, at } = cursor;
  let end = at;
  let value = 0;
  for (let code = text.charCodeAt(end); code >= zero && code <= nine; code = text.charCodeAt(end)) {
    value = value * 10 + code - zero;
    if (value > most) return false;
    end += 1;
  }
  if (end === at || (end > at + 1 && text.charCodeAt(at) === zero)) return false;
  cursor.at = end;
  cursor.value = value;
  return true;
}

const namePart = /[a-zA-Z][\w/.-]*/y;
/** Nearly all rules jump where others did: one text for all of them. */
let lastName = '';

function takeName(cursor: Cursor): boolean {
  const { length } = lastName;
  if (
    length > 0 &&
    cursor.text.startsWith(lastName, cursor.at) &&
    !isInName(cursor.text, cursor.at + length)
  ) {
    cursor.at += length;
    cursor.value = lastName;
    return true;
  }
  namePart.lastIndex = cursor.at;
  if (!namePart.test(cursor.text)) return false;
  const name = cursor.text.slice(cursor.at, namePart.lastIndex);
  if (reserved.has(name)) return false;
  cursor.at = namePart.lastIndex;
  cursor.value = name;
  lastName = name;
  return true;
}

const inName = /[\w/.-]/y;

function isInName(text: string, at: number): boolean {
  inName.lastIndex = at;
  return inName.test(text);
}

/** Between its quotes, on one line. */
function takeComment(cursor: Cursor): boolean {
  const { text, at } = cursor;
  let end = at;
  for (let code = text.charCodeAt(end); code !== quote; code = text.charCodeAt(end)) {
    if (code === newline || Number.isNaN(code)) return false;
    end += 1;
  }
  const comment = text.slice(at, end);
  if (isTooLong(comment)) return false;
  cursor.value = comment;
  cursor.at = end;
  return true;
}

/** Where values stand in the text of a rule or an element that may be others. */
export interface SlotPlace {
  readonly slot: Slot;
  readonly start: number;
  readonly end: number;
}

const token = /"[^"\n]*"|[\w/.*-]+|[^\w\s/.*"-]/g;
const quad = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const port = /^[1-9]\d{0,4}$/;
const name = /^[a-zA-Z][\w/.-]*$/;

/** Addresses count where nothing is worked out of them: `isElement`, or behind what asks for one and no more. */
export function slotsIn(text: string, isElement: boolean): readonly SlotPlace[] {
  const slots: SlotPlace[] = [];
  let [before, last] = ['', ''];
  for (const { 0: own, index: start } of text.matchAll(token)) {
    const slot = slotOf(own, last, before, isElement, text[start + own.length] ?? ' ');
    const inner = slot === 'comment' ? 1 : 0;
    if (slot) slots.push({ slot, start: start + inner, end: start + own.length - inner });
    [before, last] = [last, own];
  }
  return slots;
}

const addressed: ReadonlySet<string> = new Set(['saddr', 'daddr', 'to', ':']);

function slotOf(own: string, last: string, before: string, isElement: boolean, next: string): Slot | null {
  if (quad.test(own)) return (isElement || addressed.has(last)) && ' ,:'.includes(next) ? 'address' : null;
  if (port.test(own))
    return (last === '.' || (last === ':' && quad.test(before))) && ' ,'.includes(next) ? 'port' : null;
  if (last === 'jump' || last === 'goto') return name.test(own) && ' ,'.includes(next) ? 'name' : null;
  return last === 'comment' && own.startsWith('"') ? 'comment' : null;
}
