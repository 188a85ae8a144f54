import { useEffect } from 'preact/hooks';
import type { Version } from '../../../session/version.ts';
import { linkTo, place, type View, views } from '../state.ts';
import { loaded, node, pageData } from '../store.ts';
import { language, switchLanguage, words } from '../words.ts';
import { Boundary } from './Boundary.tsx';
import { Chains } from './Chains.tsx';
import { ClusterView } from './ClusterView.tsx';
import { DiffView } from './DiffView.tsx';
import { Later } from './Later.tsx';
import { PacketView } from './PacketView.tsx';
import { Problems } from './Problems.tsx';
import { Services } from './Services.tsx';
import { Sources } from './Sources.tsx';

const screens: Readonly<Record<View, (props: { readonly version: Version }) => preact.JSX.Element>> = {
  services: Services,
  chains: Chains,
  packet: PacketView,
  cluster: ClusterView,
  sources: Sources,
  diff: DiffView,
};

export function App() {
  const w = words.value;
  useEffect(() => {
    document.documentElement.lang = language.value;
  }, [language.value]);
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it goes there, but where the reader is stands in the address */}
      <a class="skip" href="#content" onClick={toContent}>
        {w.skip}
      </a>
      <header>
        <h1>
          {w.title} <span class="about">{pageData.value?.title}</span>
        </h1>
        <nav aria-label={w.sections}>
          {views.filter(isOffered).map((view) => (
            <a
              key={view}
              href={linkTo({ view, find: '', order: '' })}
              aria-current={place.value.view === view ? 'page' : undefined}
            >
              {w[view]}
            </a>
          ))}
        </nav>
        <button
          type="button"
          class="language"
          onClick={switchLanguage}
          lang={language.value === 'en' ? 'ko' : 'en'}
        >
          {w.otherLanguage}
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        <Screen />
      </main>
      <footer>
        <details class="messages">
          <summary>{words.value.licences}</summary>
          <pre class="notices">{(globalThis as { thirdParty?: string }).thirdParty}</pre>
        </details>
      </footer>
    </>
  );
}

/** Whether a screen is there at once: to compile a node's rules may take a while. */
function isReady(view: View, version: Version): boolean {
  if (view === 'chains' || view === 'packet') return version.isReady(node.value);
  return view !== 'diff';
}

/** Nobody is led to a comparison with nothing, nor to a cluster whose rules the page cannot compile. */
function isOffered(view: View): boolean {
  const data = pageData.value;
  if (view === 'diff') return data?.before !== null;
  return data?.version.lowered === undefined || (view !== 'cluster' && view !== 'sources');
}

function toContent(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function Screen() {
  const w = words.value;
  const state = loaded.value;
  switch (state.kind) {
    case 'reading':
      return <p role="status">{w.reading}</p>;
    case 'failed':
      return (
        <section>
          <h2>{w.failed}</h2>
          <Problems problems={state.problems} />
        </section>
      );
    case 'ready': {
      const { version } = state;
      const view = isOffered(place.value.view) ? place.value.view : 'services';
      const View = screens[view];
      const said = version.problems;
      return (
        <>
          <Boundary at={linkTo({})}>
            <Later key={`${view} ${node.value}`} ready={isReady(view, version)}>
              {() => <View version={version} />}
            </Later>
          </Boundary>
          {said.length > 0 && (
            <details class="messages">
              <summary>{w.problems(said.length)}</summary>
              <Problems problems={said.slice(0, 200)} />
            </details>
          )}
        </>
      );
    }
  }
}
