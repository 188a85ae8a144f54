import { type Problem, printProblem } from '../../../text/problem.ts';
import { words } from '../words.ts';

/** Messages about the input, as the command line prints them: the text alone, never as markup. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  const w = words.value;
  return (
    <ul class="problems">
      {problems.map((problem, index) => (
        <li key={index} class={problem.severity}>
          <strong>{w.severity[problem.severity]}</strong>
          <pre>{printProblem(problem)}</pre>
        </li>
      ))}
    </ul>
  );
}
