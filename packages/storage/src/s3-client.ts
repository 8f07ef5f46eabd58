import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** Where blobs lie on a service that speaks S3. */
export interface S3Options {
  readonly bucket: string;
  /** Before every key: empty, or ending in `/`. */
  readonly prefix: string;
  readonly region: string;
  /** The service's address; undefined: Amazon's, by its region. */
  readonly endpoint: string | undefined;
  /** The bucket in the path of the address, and not in its host name. */
  readonly pathStyle: boolean;
  /** undefined: as the SDK finds them (its own variables, files of the machine, the role of the instance). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** How long a connection may stay silent. */
  readonly silenceMilliseconds: number;
}

const connectMilliseconds = 5000;
const attempts = 3;

/** A service that is slow, broken or overloaded is asked again twice, and given up when it stays silent. */
export function s3ClientConfig(options: S3Options): S3ClientConfig {
  const { region, endpoint, pathStyle, credentials, silenceMilliseconds } = options;
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: pathStyle,
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectMilliseconds,
      socketTimeout: silenceMilliseconds,
      // Images of a test set are fetched many at once.
      httpsAgent: { maxSockets: 64 },
      httpAgent: { maxSockets: 64 },
    },
    // Blobs are verified by their sha256; services other than Amazon's know no other checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
}

export function createS3Client(options: S3Options): S3Client {
  return new S3Client(s3ClientConfig(options));
}
