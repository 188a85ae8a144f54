/** In place of what writes YAML: the page only reads it. */
function refuse(): never {
  throw new Error('the page writes no YAML');
}

export {
  refuse as createStringifyContext,
  refuse as stringify,
  refuse as stringifyCollection,
  refuse as stringifyDocument,
  refuse as stringifyNumber,
  refuse as stringifyPair,
  refuse as stringifyString,
};
