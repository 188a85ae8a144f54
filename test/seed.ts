import fc from 'fast-check';
import '../src/report/words/en/details.ts';

/** What every property begins with: the same inputs on every machine, unless KUBENAT_SEED asks for others. */
export const propertySeed = Number(process.env.KUBENAT_SEED);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: propertySeed });
