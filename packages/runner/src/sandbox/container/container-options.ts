export const containerPrograms = ['podman', 'docker'] as const;
export type ContainerProgram = (typeof containerPrograms)[number];

/** By what containers are run, and from which image where a bundle names none. */
export interface ContainerOptions {
  readonly program: ContainerProgram;
  /**
   * An image that this machine has. Models are run in it by this machine's own Node, so it needs a C library that is no
   * older than the machine's; programs of teams find there what they find anywhere: `python3`, if it is in the image.
   */
  readonly image: string;
  /** `runc`, `crun`, `runsc` (gVisor); null for the one that the engine takes by itself. */
  readonly runtime: string | null;
}
