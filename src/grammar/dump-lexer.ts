import moo, { type Lexer, type Token } from 'moo';

const blanks = { match: /[ \t]+/, lineBreaks: false };

/** Bare signs, then perhaps a stretch in quotes, which ends the word. */
const word = /[^\s"]*"(?:[^"\\]|\\[\s\S])*"|[^\s"]+/;

/**
 * The words of one line, without its end. What a sign means depends on where it stands, hence the states: `*`, `:` and
 * `#` are special at the very beginning only. What cannot be read on from becomes a token as well, so that its place is known.
 */
const states = moo.states({
  start: {
    comment: { match: /#.*/ },
    commit: { match: /COMMIT$/ },
    star: { match: '*', next: 'names' },
    colon: { match: ':', next: 'names' },
    counters: { match: /\[\d+:\d+\]/, next: 'rule' },
    blanks: { ...blanks, next: 'rule' },
    word: { match: word, next: 'rule' },
    mistake: moo.error,
  },
  names: {
    blanks,
    counters: { match: /\[\d+:\d+\]/ },
    name: { match: /[^\s]+/ },
    mistake: moo.error,
  },
  rule: {
    blanks,
    word: { match: word },
    mistake: moo.error,
  },
});

const tokenNames = new Set(['comment', 'commit', 'star', 'colon', 'counters', 'word', 'name']);

/** moo cannot skip blanks, and its `has` says yes to every name, which would hide a misspelt one in the grammar. */
export const lexer: Lexer = Object.assign(Object.create(states) as Lexer, {
  next(): Token | undefined {
    let token = states.next();
    while (token?.type === 'blanks') token = states.next();
    return token;
  },
  has: (name: string) => tokenNames.has(name),
  reset(data?: string, info?: moo.LexerState) {
    states.reset(data, info);
    return lexer;
  },
  save: () => states.save(),
  formatError: (token: Token, message?: string) => states.formatError(token, message),
});
