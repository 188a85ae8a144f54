import { computed, signal } from '@preact/signals';
import { en } from './words/en.ts';
import { ko } from './words/ko.ts';

/** The same words in every language. */
export type Words = Loose<typeof en>;
type Loose<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: never) => unknown
      ? T[K] extends (...args: infer A) => string
        ? (...args: A) => string
        : never
      : Loose<T[K]>;
};

const languages = { en, ko } satisfies Record<string, Words>;
export type Language = keyof typeof languages;

export const language = signal<Language>(navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en');
export const words = computed((): Words => languages[language.value]);

export function switchLanguage(): void {
  language.value = language.value === 'en' ? 'ko' : 'en';
}
