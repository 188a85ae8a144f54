import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { TestCase } from './generate.ts';

/** What the kernel did to one packet. */
export interface Observed {
  readonly verdict: 'accept' | 'drop' | 'reject';
  readonly delivered?: 'pod' | 'uplink' | 'local';
  readonly src?: string;
  readonly dst?: string;
  readonly dport?: number | null;
  readonly with?: string;
  /** The node itself saw it, too. */
  readonly copy?: true;
}

export type Observation =
  /** `sets`: what ipset save printed, where the case has sets. */
  { readonly outcomes: readonly Observed[]; readonly sets?: string } | { readonly refused: string };

/** Why the kernel cannot be asked here, or null where it can. */
export function whyNot(): string | null {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`;
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const tools = ['iptables-nft-restore', 'iptables-legacy-restore', 'nft', 'ip', 'conntrack', 'python3'];
  const folders = (process.env.PATH ?? '').split(':').concat('/usr/sbin', '/sbin');
  const missing = tools.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
  return missing.length > 0 ? `${missing.join(', ')} not installed` : null;
}

/** The instrument, a process of its own. Questions are answered in their order. */
export class Instrument {
  private readonly child: ChildProcess;
  private readonly lines: Interface;
  private readonly waiting: ((line: string) => void)[] = [];

  constructor() {
    const script = join(import.meta.dirname, 'instrument.py');
    this.child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    this.lines.on('line', (line) => this.waiting.shift()?.(line));
    this.child.on('exit', () => {
      for (const answer of this.waiting.splice(0)) answer('{"refused": "the instrument has ended"}');
    });
  }

  ask({ family, backend, rules, packets, sequence, sets }: TestCase): Promise<Observation> {
    return new Promise((resolve) => {
      this.waiting.push((line) => resolve(JSON.parse(line)));
      this.child.stdin?.write(`${JSON.stringify({ family, backend, rules, packets, sequence, sets })}\n`);
    });
  }

  close(): void {
    this.child.stdin?.end();
  }
}
