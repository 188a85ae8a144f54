import { computed, signal } from '@preact/signals';
import { en, type Words } from './words/en.ts';
import { ko } from './words/ko.ts';

const languages = { en, ko } satisfies Record<string, Words>;
export type Language = keyof typeof languages;

export const language = signal<Language>(navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en');
export const words = computed((): Words => languages[language.value]);

export function switchLanguage(): void {
  language.value = language.value === 'en' ? 'ko' : 'en';
}
