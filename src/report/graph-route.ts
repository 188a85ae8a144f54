export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `x` and `y` are the middle. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** What stands below each other: nodes of one rank share their middle. */
export interface Column {
  readonly left: number;
  readonly right: number;
}

/** The columns that boxes make, in no order. */
export function columnsOf(boxes: readonly Box[]): readonly Column[] {
  const columns = new Map<number, Column>();
  for (const { x, width } of boxes) {
    const known = columns.get(Math.round(x)) ?? { left: x, right: x };
    columns.set(Math.round(x), {
      left: Math.min(known.left, x - width / 2),
      right: Math.max(known.right, x + width / 2),
    });
  }
  return [...columns.values()];
}

/**
 * A path of SVG from the right side of one box to the left side of another. `between` are the points that the layout keeps free.
 * Beside a column it runs level, and bends in the gaps alone, so that it passes behind no box.
 */
export function routeOf(from: Box, to: Box, between: readonly Point[], columns: readonly Column[]): string {
  const width = (x: number): Column =>
    columns.find(({ left, right }) => left <= x && x <= right) ?? { left: x, right: x };
  const isBack = to.x <= from.x;
  if (isBack) return `M${spell(from)}${[...between, to].map((point) => `L${spell(point)}`).join('')}`;
  const start = { x: from.x + from.width / 2, y: from.y };
  const end = { x: to.x - to.width / 2, y: to.y };
  const stops = [
    { left: start.x, right: width(from.x).right, y: from.y },
    ...between.map(({ x, y }) => ({ ...width(x), y })),
    { left: width(to.x).left, right: end.x, y: to.y },
  ];
  let path = `M${spell(start)}`;
  let last = start;
  for (const { left, right, y } of stops) {
    const middle = (last.x + left) / 2;
    if (y === last.y || left === last.x) path += `L${spell({ x: left, y })}`;
    else path += `C${spell({ x: middle, y: last.y })} ${spell({ x: middle, y })} ${spell({ x: left, y })}`;
    if (right !== left) path += `L${spell({ x: right, y })}`;
    last = { x: right, y };
  }
  return path;
}

const spell = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
const round = (value: number): number => Math.round(value * 10) / 10;
