import { describe, expect, test } from 'vitest';
import { chainGraph } from '../../src/graph/build.ts';
import type { ChainGraph } from '../../src/graph/model.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { printDot } from '../../src/report/graph-dot.ts';
import { drawingOf } from '../../src/report/graph-layout.ts';
import { printMermaid } from '../../src/report/graph-mermaid.ts';
import { sayGraph } from '../../src/report/graph-said.ts';
import { printSvg } from '../../src/report/graph-svg.ts';
import { chainNames } from '../../src/report/trace-names.ts';
import { cases, readCase } from '../cases.ts';

function graphOf(text: string): ChainGraph {
  const { ruleset } = readDump({ name: 'a.save', text });
  return chainGraph(ruleset, chainNames(ruleset), { kind: 'all' });
}

/** Whatever a chain is called, and the name of an interface that nobody would give one. */
const hostile = sayGraph(
  graphOf(
    [
      '*filter',
      ':INPUT ACCEPT [0:0]',
      ':<script>x - [0:0]',
      '-A INPUT -i "]" -j <script>x',
      '-A <script>x -m set --match-set "a&b" src -j ACCEPT',
      '-A <script>x -o "a#quot;" -j LOG --log-prefix "</svg><b>\\"`"',
      'COMMIT',
      '',
    ].join('\n'),
  ),
);

describe('names that are more than names', () => {
  test('are text in SVG', () => {
    const svg = printSvg(hostile, { title: 'A </title><script>', says: '<b>' });
    expect(svg.match(/<(\w+)/g)?.filter((tag) => tag === '<script' || tag === '<b')).toEqual([]);
    expect(svg).toContain('<text');
    expect(svg).toContain('&#60;script&#62;x');
  });

  test('are strings in dot', () => {
    const label = printDot(hostile)
      .split('\n')
      .find((line) => line.includes('LOG'));
    expect(label).toContain(String.raw`\"</svg><b>\\\"`);
  });

  test('are strings in Mermaid', () => {
    const lines = printMermaid(hostile).split('\n').slice(1, -1);
    for (const line of lines)
      expect(line).toMatch(/^ {2}n\d+(?:[[({>/]+"[^"`<]*"[\])}/]+| -->(?:\|"[^"`]*"\|)? n\d+)$/);
  });
});

test.each(cases.filter((_, index) => index % 6 === 0))('nothing of $id lies upon another', (one) => {
  const { nodes, width, height } = drawingOf(sayGraph(graphOf(readCase(one, 'iptables.save'))));
  for (const [index, left] of nodes.entries()) {
    expect(left.x - left.width / 2).toBeGreaterThanOrEqual(0);
    expect(left.x + left.width / 2).toBeLessThanOrEqual(width);
    expect(left.y + left.height / 2).toBeLessThanOrEqual(height);
    for (const right of nodes.slice(index + 1)) {
      const apart =
        Math.abs(left.x - right.x) >= (left.width + right.width) / 2 ||
        Math.abs(left.y - right.y) >= (left.height + right.height) / 2;
      expect(apart, `${left.node.id} ${right.node.id}`).toBe(true);
    }
  }
});
