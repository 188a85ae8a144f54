import { render } from 'preact';
import { dumpDetails } from '../../report/words/en/details/dump.ts';
import { manifestDetails } from '../../report/words/en/details/manifests.ts';
import { packetDetails } from '../../report/words/en/details/packets.ts';
import { pathDetails } from '../../report/words/en/details/paths.ts';
import { proxyDetails } from '../../report/words/en/details/proxy.ts';
import { commonThings } from '../../report/words/en/expected/common.ts';
import { dumpThings } from '../../report/words/en/expected/dump.ts';
import { manifestThings } from '../../report/words/en/expected/manifests.ts';
import { packetThings } from '../../report/words/en/expected/packets.ts';
import { expectedSentences } from '../../report/words/en/sentence-of-expected.ts';
import { expectedWith } from '../../report/words/expected.ts';
import { speakEnglish } from '../../text/detail.ts';
import { readData } from './data.ts';
import { showAllCharacters } from './shown.ts';
import { begin } from './state.ts';
import { load } from './store.ts';
import './style.css';
import { App } from './view/App.tsx';

export { traceFlows } from './model/flows.ts';

// Of what the page reads alone: its own size is what opens it.
speakEnglish(
  { ...dumpDetails, ...manifestDetails, ...packetDetails, ...pathDetails, ...proxyDetails },
  expectedWith(expectedSentences, { ...commonThings, ...dumpThings, ...manifestThings, ...packetThings }),
);
showAllCharacters();
const data = readData();
begin(data.state);
load(data);
render(<App />, document.getElementById('page') as HTMLElement);
// The server says that a file has changed; where the reader is stands in the address.
if (data.live !== null) new EventSource(data.live).addEventListener('message', () => location.reload());
