import {
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type MultipartUpload,
  type S3Client,
  type _Object as S3Object,
} from '@aws-sdk/client-s3';

interface Place {
  readonly Bucket: string;
  readonly Prefix: string;
}

/** Every object of a place, page by page, in the order of keys; those after the key `after`. */
export async function* listObjects(client: S3Client, place: Place, after = ''): AsyncGenerator<S3Object> {
  for (let StartAfter = after; ; ) {
    const position = StartAfter === '' ? {} : { StartAfter };
    const page = await client.send(new ListObjectsV2Command({ ...place, ...position }));
    yield* page.Contents ?? [];
    const last = page.Contents?.at(-1)?.Key;
    if (!page.IsTruncated || last === undefined) return;
    StartAfter = last;
  }
}

/** Every multipart upload of a place that was begun and not completed. What is listed may be aborted meanwhile. */
export async function* listMultipartUploads(client: S3Client, place: Place): AsyncGenerator<MultipartUpload> {
  let position: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const page = await client.send(new ListMultipartUploadsCommand({ ...place, ...position }));
    yield* page.Uploads ?? [];
    if (!page.IsTruncated || !page.NextKeyMarker) return;
    position = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextUploadIdMarker ? { UploadIdMarker: page.NextUploadIdMarker } : {}),
    };
  }
}
