/**
 * A name is shown on terminals and pages, and stands in mails: on one line, with nothing that moves a cursor, turns the
 * direction of text, or is made a link of. Who reads a mail of this server may not be led elsewhere by a name in it.
 */
export function plainName(name: string): string {
  return name
    .replace(/[\p{Cc}\p{Bidi_Control}]|:\/\//gu, ' ')
    .replace(/\.(?=\p{L}{2})/gu, '. ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, nameLength);
}

const nameLength = 100;
