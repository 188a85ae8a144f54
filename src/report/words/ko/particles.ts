const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;
const finals = 28;
const finalRieul = 8;

/** How digits are read: with a final consonant (0 영, 3 삼, 6 육), with ㄹ (1 일, 7 칠, 8 팔), or without (2, 4, 5, 9). */
const digits: Readonly<Record<string, 'consonant' | 'rieul' | 'vowel'>> = {
  '0': 'consonant',
  '1': 'rieul',
  '2': 'vowel',
  '3': 'consonant',
  '4': 'vowel',
  '5': 'vowel',
  '6': 'consonant',
  '7': 'rieul',
  '8': 'rieul',
  '9': 'vowel',
};

/** What a word ends with when it is read aloud; null: Latin letters, which readers read in different ways. */
function endingOf(word: string): 'consonant' | 'rieul' | 'vowel' | null {
  const last = [...word].findLast((one) => /[\p{L}\p{N}]/u.test(one));
  if (last === undefined) return null;
  const code = last.charCodeAt(0);
  if (code < firstSyllable || code > lastSyllable) return digits[last] ?? null;
  const final = (code - firstSyllable) % finals;
  return final === 0 ? 'vowel' : final === finalRieul ? 'rieul' : 'consonant';
}

/** Particles after a consonant, after a vowel, and where nobody knows. */
const pairs = {
  topic: ['은', '는', '은(는)'],
  subject: ['이', '가', '이(가)'],
  object: ['을', '를', '을(를)'],
  with: ['과', '와', '와(과)'],
  /** Of ㄹ, 로 stands as after a vowel. */
  to: ['으로', '로', '(으)로'],
} as const;
export type Particle = keyof typeof pairs;

/** A word with the particle that its last sound asks for: `노드는`, `규칙은`, `10.96.0.1은`, `web은(는)`. */
export function withParticle(word: string, particle: Particle): string {
  const [afterConsonant, afterVowel, either] = pairs[particle];
  const ending = endingOf(word);
  if (ending === null) return word + either;
  if (ending === 'rieul' && particle === 'to') return word + afterVowel;
  return word + (ending === 'vowel' ? afterVowel : afterConsonant);
}

/** `a, b 또는 c` */
export function either(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} 또는 ${last}`;
}
