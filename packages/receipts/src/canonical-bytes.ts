import canonicalize from 'canonicalize';

/**
 * What is signed of a receipt: its JSON in the one form that RFC 8785 gives it, in UTF-8. Spaces and the order of fields
 * change nothing of it, anything else does.
 */
export function canonicalBytes(receipt: object): Buffer {
  const text = canonicalize(receipt);
  if (text === undefined) throw new TypeError('A receipt must be an object.');
  return Buffer.from(text, 'utf8');
}
