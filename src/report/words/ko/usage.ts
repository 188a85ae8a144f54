/** What is wrong with a command line, by the codes of commander, whose details are in English. */
export const usageMeanings: Readonly<Record<string, string>> = {
  'commander.invalidArgument': '인자의 값이 올바르지 않음',
  'commander.missingArgument': '필요한 인자가 없음',
  'commander.optionMissingArgument': '플래그의 값이 없음',
  'commander.missingMandatoryOptionValue': '필요한 플래그가 없음',
  'commander.conflictingOption': '함께 쓸 수 없는 플래그',
  'commander.unknownOption': '알 수 없는 플래그',
  'commander.excessArguments': '인자가 너무 많음',
  'commander.unknownCommand': '알 수 없는 명령',
};

/** `오류: 알 수 없는 명령`, and what commander says. */
export function sayUsage(code: string, detail: string): string {
  const means = usageMeanings[code] ?? '명령을 이해할 수 없음';
  return `오류: ${means}\n  상세: ${detail
    .replace(/^error: /, '')
    .trimEnd()
    .replaceAll('\n', ' ')}\n`;
}
