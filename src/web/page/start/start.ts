import { decompress } from 'lzma1';
import { unpacked } from './packed.ts';

interface TrustedTypes {
  createPolicy(name: string, rules: { createScript: (code: string) => string }): typeof rules;
}

/**
 * Unpacks the page's script and starts it: packed it has a third of its size. The policy names its hash too, so nothing
 * else can be started this way. A text becomes a script by a policy of trusted types alone, and there is no other.
 */
const text = document.getElementById('kubenat-script')?.textContent ?? '';
const code = new TextDecoder().decode(decompress(unpacked(text)));
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy('kubenat', { createScript: (script) => script });
const script = document.createElement('script');
script.textContent = policy ? policy.createScript(code) : code;
document.body.append(script);
