import { Component, type ComponentChildren } from 'preact';
import { InputError } from '../../../text/problem.ts';
import { words } from '../words.ts';
import { Problems } from './Problems.tsx';

interface Props {
  /** Where the reader is: elsewhere it may go well again. */
  readonly at: string;
  readonly children: ComponentChildren;
}

/** What cannot be shown says why, and the rest of the page goes on. */
export class Boundary extends Component<Props, { readonly error: unknown }> {
  override state = { error: undefined };

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate(before: Props) {
    if (before.at !== this.props.at && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render() {
    const { error } = this.state as { error: unknown };
    if (error === undefined) return <>{this.props.children}</>;
    return (
      <section>
        <h2>{words.value.failed}</h2>
        {error instanceof InputError ? <Problems problems={error.problems} /> : <pre>{String(error)}</pre>}
      </section>
    );
  }
}
