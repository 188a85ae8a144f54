import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { pathOf } from '../pages.ts';
import type { Done, Place } from './place.ts';

export interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly if?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** What others' actions do is theirs to test. */
const others = /^actions\/(checkout|setup-node)@v\d+$/;

/** Runs the steps of a workflow's job and of this repository's action, as GitHub does, as far as the recipes need it. */
export class Runner {
  readonly #place: Place;
  readonly #event: string;
  readonly #done: Done[] = [];

  constructor(place: Place, event: string) {
    this.#place = place;
    this.#event = event;
    const temp = place.path('.git/temp');
    rmSync(temp, { recursive: true, force: true });
    mkdirSync(temp, { recursive: true });
    for (const name of ['path', 'summary']) writeFileSync(`${temp}/${name}`, '');
  }

  /** Stops with the first step that fails, which is the last that it answers. */
  runSteps(steps: readonly Step[], inputs: Readonly<Record<string, string>> = {}): readonly Done[] {
    for (const step of steps) {
      if (step.if !== undefined && !this.#holds(step.if, inputs)) continue;
      if (step.uses !== undefined) this.#use(step);
      else this.#done.push(this.#run(step, inputs));
      if (this.#done.some(({ status }) => status !== 0)) break;
    }
    return this.#done;
  }

  get summary(): string {
    return readFileSync(this.#place.path('.git/temp/summary'), 'utf8');
  }

  #use({ uses = '', with: given = {} }: Step): void {
    if (others.test(uses)) return;
    const version = JSON.parse(readFileSync(pathOf('package.json'), 'utf8')).version as string;
    if (uses !== `OWNER/kubenat@v${version}`) throw new Error(`what is ${uses}?`);
    const action = parse(readFileSync(pathOf('action.yml'), 'utf8')) as Action;
    if (action.runs.using !== 'composite') throw new Error('the action is not composite');
    const unknown = Object.keys(given).filter((name) => !Object.hasOwn(action.inputs, name));
    if (unknown.length > 0) throw new Error(`the action has no inputs ${unknown}`);
    const inputs = Object.entries(action.inputs).map(([name, input]) => [
      name,
      String(given[name] ?? input.default),
    ]);
    this.runSteps(action.runs.steps, Object.fromEntries(inputs));
  }

  #run({ run = '', env = {} }: Step, inputs: Readonly<Record<string, string>>): Done {
    const temp = this.#place.path('.git/temp');
    const own = Object.entries(env).map(([name, value]) => [name, fill(value, inputs)]);
    return this.#place.run(fill(run, inputs), {
      ...Object.fromEntries(own),
      RUNNER_TEMP: temp,
      GITHUB_PATH: `${temp}/path`,
      GITHUB_STEP_SUMMARY: `${temp}/summary`,
      GITHUB_BASE_REF: 'main',
      PATH: readFileSync(`${temp}/path`, 'utf8').trim().split('\n').reverse().join(':'),
    });
  }

  /** `github.event_name == 'push'`, `inputs.tests != ''`. */
  #holds(condition: string, inputs: Readonly<Record<string, string>>): boolean {
    const [, left = '', operator, right] = /^(\S+) (==|!=) '([^']*)'$/.exec(condition) ?? [];
    const value = left === 'github.event_name' ? this.#event : inputs[left.replace(/^inputs\./, '')];
    if (value === undefined) throw new Error(`what is ${condition}?`);
    return (value === right) === (operator === '==');
  }
}

function fill(text: string, inputs: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name: string) => {
    const value = inputs[name];
    if (value === undefined) throw new Error(`there is no input ${name}`);
    return value;
  });
}
