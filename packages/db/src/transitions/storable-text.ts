/**
 * Text of a team's program as Postgres can keep it: U+0000 and halves of surrogate pairs become U+FFFD.
 * With them a log line, or the reason of an ending, would be refused, and its evaluation would never end.
 */
export function storableText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}
