/** A picture that a bundle is run on. */
export interface RunImage {
  /** Absolute path of a file on disk; or what brings one there, where it is first needed. */
  readonly path: string | (() => Promise<string>);
  /** The sha256 of the file. Without it, what is decoded is of use to one run only. */
  readonly digest?: string;
}

export async function findPath({ path }: RunImage): Promise<string> {
  return typeof path === 'string' ? path : await path();
}
