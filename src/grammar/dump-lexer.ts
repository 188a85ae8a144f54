import moo, { type Lexer, type Token } from 'moo';

const blanks = { match: /[ \t]+/, lineBreaks: false };

/**
 * The words of one line, without its end. What a sign means depends on where it stands, hence the states: `*`, `:` and
 * `#` are special at the very beginning only.
 */
const states = moo.states({
  start: {
    comment: { match: /#.*/ },
    commit: { match: /COMMIT$/ },
    star: { match: '*', next: 'names' },
    colon: { match: ':', next: 'names' },
    counters: { match: /\[\d+:\d+\]/, next: 'rule' },
    blanks: { ...blanks, next: 'rule' },
    word: { match: /[^\s"]*"(?:[^"\\]|\\[\s\S])*"|[^\s"]+/, next: 'rule' },
  },
  names: {
    blanks,
    counters: { match: /\[\d+:\d+\]/ },
    name: { match: /[^\s]+/ },
  },
  rule: {
    blanks,
    word: { match: /[^\s"]*"(?:[^"\\]|\\[\s\S])*"|[^\s"]+/ },
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
