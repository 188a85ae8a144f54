import moo from 'moo';

/** `/TCP` and the end of the item: what tells the numbers of a port from the beginning of an address. */
const suffix = '/(?:TCP|UDP|SCTP)(?![^\\s,])';

const tokens = {
  // What kubectl prints instead of the rest of a long list of endpoints.
  more: /[ \t]+\+ \d+ more\.\.\./,
  blank: /[ \t]+/,
  comma: ',',
  number: new RegExp(`\\d+(?=(?::\\d+)?${suffix})`),
  colon: new RegExp(`:(?=\\d+${suffix})`),
  slash: new RegExp(`/(?=${suffix.slice(1)})`),
  protocol: /(?:TCP|UDP|SCTP)(?=[\s,]|$)/,
  // <none>, <pending>, <nodes>, <unset>
  absent: /<[a-z]+>/,
  word: /[^\s,]+/,
};

export const servicesLexer = moo.compile(tokens);

// moo says yes to every name, so that a misspelt %token in the grammar would never match and never be found.
servicesLexer.has = (name) => Object.hasOwn(tokens, name);
