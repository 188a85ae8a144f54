import { go, place } from '../state.ts';
import { words } from '../words.ts';

interface SearchProps {
  /** Where in the address the text stands. */
  readonly name: 'search' | 'find';
  readonly hint?: string;
  /** What is said of how many are shown. */
  readonly count: string;
}

/** What the rows of a table are searched for. */
export function Search({ name, hint, count }: SearchProps) {
  return (
    <div class="search">
      <label>
        {words.value.search}
        <input
          type="search"
          value={place.value[name]}
          placeholder={hint}
          onInput={(event) => go({ [name]: event.currentTarget.value }, true)}
        />
      </label>
      <output>{count}</output>
    </div>
  );
}

interface SortProps {
  readonly name: 'sort' | 'order';
  readonly column: string;
  readonly label: string;
}

/** In which direction a column is sorted, if it is. */
export function orderOf({ name, column }: Pick<SortProps, 'name' | 'column'>) {
  const sort = place.value[name];
  return sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : undefined;
}

/** Chosen once, a column sorts from the lowest, then from the highest, then not at all. */
export function Sort({ name, column, label }: SortProps) {
  const order = orderOf({ name, column });
  const next = { ascending: `-${column}`, descending: '' };
  return (
    <button
      type="button"
      class="sort"
      title={words.value.sortBy(label)}
      onClick={() => go({ [name]: order ? next[order] : column }, true)}
    >
      {label} {order && <span aria-hidden="true">{order === 'ascending' ? '▲' : '▼'}</span>}
    </button>
  );
}

/** Those that have all words of a text, in the order of a column; those that are alike as they were. */
export function arranged<T>(
  rows: readonly T[],
  textOf: (row: T) => string,
  keyOf: (row: T, column: string) => string | number,
): readonly T[] {
  const { find, order } = place.value;
  const wanted = find.toLowerCase().split(' ');
  const found = rows.filter((row) => wanted.every((word) => textOf(row).toLowerCase().includes(word)));
  if (order === '') return found;
  const sign = order.startsWith('-') ? -1 : 1;
  const keyed = found.map((row) => ({ row, key: keyOf(row, order.replace(/^-/, '')) }));
  keyed.sort((left, right) => (left.key < right.key ? -sign : left.key > right.key ? sign : 0));
  return keyed.map(({ row }) => row);
}
