/** `33.33 %`. */
export function formatPercent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
