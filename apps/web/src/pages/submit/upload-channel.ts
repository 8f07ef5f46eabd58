import { useEffect, useState } from 'react';
import type { BundleUpload, UploadStatus } from './bundle-upload.js';

/** What one window tells the others of its upload. */
type ToldStatus = Pick<UploadStatus, 'state' | 'sentBytes'>;

const question = 'how far is it?';

/** Tells the other windows how far an upload is, as it goes on and whenever one of them asks. */
export function tellOthers(key: string, upload: BundleUpload): () => void {
  const channel = openChannel(key);
  const tell = () => {
    const { state, sentBytes } = upload.read();
    channel.postMessage({ state, sentBytes } satisfies ToldStatus);
  };
  const stopFollowing = upload.follow(tell);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === question) tell();
  };
  return () => {
    stopFollowing();
    channel.close();
  };
}

/** How far the upload of another window is; null until it has said so. */
export function useOtherUpload(key: string): ToldStatus | null {
  const [status, setStatus] = useState<ToldStatus | null>(null);
  useEffect(() => {
    const channel = openChannel(key);
    channel.onmessage = ({ data }: MessageEvent<ToldStatus | typeof question>) => {
      if (data !== question) setStatus(data);
    };
    channel.postMessage(question);
    return () => channel.close();
  }, [key]);
  return status;
}

function openChannel(key: string): BroadcastChannel {
  return new BroadcastChannel(`holdout/upload/${key}`);
}
