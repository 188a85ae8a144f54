import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { pathOf } from '../pages.ts';
import { Runner, type Step } from './actions.ts';
import { makePlace, type Place } from './place.ts';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
}, 60_000);
afterAll(() => place.remove());
afterEach(() => {
  place.git('checkout', '-q', '--', '.');
  rmSync(place.path('node_modules'), { recursive: true, force: true });
});

/** A pod with another address: an expectation fails then, and golden files are not as they were. */
function movePod(): void {
  const file = place.path('manifests/pods.yaml');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('10.0.3.2');
  writeFileSync(file, text.replaceAll('10.0.3.2', '10.0.3.9'));
}

/** Installing takes its time where it is done for real. */
const patience = { timeout: 300_000 };

describe('GitHub Actions', () => {
  function runWorkflow(event: 'push' | 'pull_request', inputs: object = {}) {
    const workflow = parse(place.read('.github/workflows/kubenat.yml')) as {
      readonly jobs: { readonly rules: { readonly steps: readonly Step[] } };
    };
    const steps = workflow.jobs.rules.steps.map((step) => ({ ...step, with: { ...step.with, ...inputs } }));
    const runner = new Runner(place, event);
    const done = runner.runSteps(steps);
    return {
      done,
      statuses: done.map(({ status }) => status),
      last: done.at(-1)?.out,
      summary: runner.summary,
    };
  }

  test('what was reviewed passes', patience, () => {
    const { done, statuses } = runWorkflow('push');
    expect(statuses, JSON.stringify(done)).toEqual([0, 0, 0]);
    expect(done[1]?.out).toContain('4 passed, in 1 file');
    expect(done[2]?.out).toContain('3 golden files: 3 as expected.');
  });

  test('an expectation that fails ends the run', patience, () => {
    movePod();
    const { statuses, last } = runWorkflow('pull_request');
    expect(statuses).toEqual([0, 1]);
    expect(last).toContain('3 passed, 1 failed');
  });

  test('so do too few rules that anybody asks about', patience, () => {
    expect(runWorkflow('push', { 'coverage-threshold': 99 }).statuses).toEqual([0, 1]);
  });

  test('so does a golden file, and the summary says what changed', patience, () => {
    movePod();
    const { statuses, last, summary } = runWorkflow('push', { tests: '' });
    expect(statuses).toEqual([0, 1]);
    expect(last).toContain('3 golden files: 3 changed.');
    expect(summary).toContain('| `golden/web/expected/node-1.ipv4.save` | changed |');
  });

  test('a pull request is told what it does to packets', patience, () => {
    movePod();
    expect(place.run('.git/hook/kubenat golden --update golden').status).toBe(0);
    const { done, statuses, summary } = runWorkflow('pull_request', { tests: '' });
    expect(statuses, JSON.stringify(done)).toEqual([0, 0, 0]);
    expect(summary).toMatch(/default\/service-test[\s\S]*10\.0\.3\.9:8080/);
  });
});

describe('GitLab CI', () => {
  interface Job {
    readonly before_script: readonly string[];
    readonly script: readonly string[];
    readonly after_script: readonly string[];
    readonly coverage: string;
    readonly artifacts: { readonly reports: { readonly junit: string } };
  }

  function runJob() {
    const [job] = Object.values(parse(place.read('.gitlab-ci.yml')) as Record<string, Job>);
    if (!job) throw new Error('there is no job');
    const done = place.run([...job.before_script, ...job.script].join('\n'));
    // In a shell of its own, and whatever comes of it.
    place.run(job.after_script.join('\n'));
    return { done, coverage: job.coverage, junit: place.read(job.artifacts.reports.junit) };
  }

  test('what was reviewed passes, with a coverage that is found', patience, () => {
    const { done, coverage, junit } = runJob();
    expect(done.status, done.err).toBe(0);
    const pattern = /^\/(.*)\/$/.exec(coverage)?.[1] ?? '';
    const [found = ''] = new RegExp(pattern).exec(done.out) ?? [];
    expect(/\d+(?:\.\d+)?/.exec(found)?.[0]).toBe('88.24');
    expect(junit).toContain('tests="4" failures="0"');
  });

  test('what fails is reported', patience, () => {
    movePod();
    const { done, junit } = runJob();
    expect(done.status).toBe(1);
    expect(junit).toContain('tests="4" failures="1"');
  });
});

describe('pre-commit', () => {
  interface Hook {
    readonly id: string;
    readonly entry: string;
    readonly args?: readonly string[];
    readonly language: string;
    readonly files: string;
    readonly pass_filenames: boolean;
  }

  function runHooks() {
    const known = parse(readFileSync(pathOf('.pre-commit-hooks.yaml'), 'utf8')) as readonly Hook[];
    const config = parse(place.read('.pre-commit-config.yaml')) as {
      readonly repos: readonly { readonly rev: string; readonly hooks: readonly Partial<Hook>[] }[];
    };
    return (config.repos[0]?.hooks ?? []).map((own) => {
      const hook = known.find(({ id }) => id === own.id);
      if (!hook) throw new Error(`there is no hook ${own.id}`);
      const { entry, args = [], language, pass_filenames } = { ...hook, ...own };
      expect({ language, pass_filenames }).toEqual({ language: 'node', pass_filenames: false });
      const changed = place.git('ls-files').trim().split('\n');
      expect(changed.filter((name) => new RegExp(hook.files).test(name))).toContain('manifests/pods.yaml');
      return place.run(`.git/hook/${[entry, ...args].join(' ')}`).status;
    });
  }

  test('the hooks pass, and fail', patience, () => {
    expect(runHooks()).toEqual([0, 0]);
    movePod();
    expect(runHooks()).toEqual([1, 1]);
  });
});

const hasMake = spawnSync('make', ['--version']).status === 0;

describe.skipIf(!hasMake && process.env.KUBENAT_KERNEL !== 'required')('Make', () => {
  test('checks, and writes golden files', patience, () => {
    place.run('npm install --save-dev kubenat');
    expect(place.run('make check')).toMatchObject({ status: 0, err: '' });
    movePod();
    expect(place.run('make check').status).not.toBe(0);
    expect(place.run('make golden').out).toContain('golden/web/expected/node-1.ipv4.save: updated');
    expect(place.run('npx --no-install kubenat golden golden').status).toBe(0);
  });
});

test('recipes name the version that there is', () => {
  const { version } = JSON.parse(readFileSync(pathOf('package.json'), 'utf8')) as {
    readonly version: string;
  };
  expect(place.read('.pre-commit-config.yaml')).toContain(`rev: v${version}\n`);
  expect(place.read('.github/workflows/kubenat.yml')).toContain(`uses: OWNER/kubenat@v${version}\n`);
});
