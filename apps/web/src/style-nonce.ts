/** What libraries that add styles beside Mantine's look for. */
declare global {
  var __webpack_nonce__: string | undefined;
}

const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
globalThis.__webpack_nonce__ = nonce;

/** The number that lets this page's own styles through its content security policy. */
export function readStyleNonce(): string {
  return nonce;
}
