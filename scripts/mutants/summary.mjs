const short = (text) => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 97)}...` : line;
};

/** The figures, and every mutant that nothing noticed, by place. */
export function summary(folder, done, seconds) {
  const count = (status) => done.filter((one) => one.status === status).length;
  const killed = count('killed') + count('timeout');
  const rate = ((100 * killed) / done.length).toFixed(1);
  const survivors = done.filter(({ status }) => status === 'survived' || status === 'not covered');
  const byPlace = (left, right) =>
    left.file.localeCompare(right.file) || left.line - right.line || left.column - right.column;
  const lines = survivors
    .toSorted(byPlace)
    .map(({ file, line, column, status, original, replacement, unfinished }) => {
      const note = status === 'not covered' ? ' (not covered)' : unfinished ? ' (not all tests in time)' : '';
      return `${file}:${line}:${column}${note}  ${short(original)}  =>  ${short(replacement)}`;
    });
  return [
    ...lines,
    `src/${folder}: ${done.length} mutants, ${count('killed')} killed, ${count('timeout')} endless or out of memory,`,
    `  ${count('survived')} survived, ${count('not covered')} not covered: ${rate} % found; ${done.filter(({ atLoad }) => atLoad).length} act at load; ${seconds.toFixed(0)} s`,
    '',
  ].join('\n');
}
