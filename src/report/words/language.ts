/** Languages that results are told in. Each has tables of its own; none is made from another. */
export const languages = ['en', 'ko'] as const;
/** One of them. */
export type Language = (typeof languages)[number];

/** The language of an environment, as POSIX orders its variables; English where they name none that there is. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  const name = (LC_ALL || LC_MESSAGES || LANG || '').toLowerCase();
  return languages.find((language) => name === language || name.startsWith(`${language}_`)) ?? 'en';
}
