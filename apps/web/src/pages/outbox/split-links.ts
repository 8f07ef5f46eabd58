interface Part {
  readonly text: string;
  readonly isLink: boolean;
  /** Where it begins in the whole. */
  readonly start: number;
}

/** A mail's words, with the addresses in it apart. */
export function splitLinks(text: string): Part[] {
  let start = 0;
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, place) => {
      const found = { text: part, isLink: place % 2 === 1, start };
      start += part.length;
      return found;
    })
    .filter((part) => part.text !== '');
}
