import type { Locator } from 'playwright-core';

/** Drags a file over a part of the page and lets it go there, as a hand would from the desktop. */
export async function dropFile(target: Locator, { name, bytes }: { name: string; bytes: Buffer }): Promise<void> {
  const transfer = await target.page().evaluateHandle(
    ({ fileName, base64 }) => {
      const carried = new DataTransfer();
      const contents = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      carried.items.add(new File([contents], fileName));
      return carried;
    },
    { fileName: name, base64: bytes.toString('base64') },
  );
  for (const kind of ['dragenter', 'dragover', 'drop']) await target.dispatchEvent(kind, { dataTransfer: transfer });
}
