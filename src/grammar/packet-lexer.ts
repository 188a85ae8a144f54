import moo from 'moo';

const tokens = {
  blank: /[ \t]+/,
  arrow: '->',
  keyword: /(?:from|flags|state|type)(?![^\s])/,
  // An IPv6 address that a port may follow.
  bracketed: /\[[^\]\s]*\](?::[^\s]*)?/,
  word: /[^\s]+/,
};

export const packetLexer = moo.compile(tokens);

// moo says yes to every name, so that a misspelt %token in the grammar would never match and never be found.
packetLexer.has = (name) => Object.hasOwn(tokens, name);
