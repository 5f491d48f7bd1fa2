/** The node's place on disk: locked for this process, its format and chain checked before any plugin starts. */
export interface DataDirectory {
  /** Absolute path; exists, mode 0700. */
  readonly path: string;
  /** `false` in a simulation: the path is a name, and nothing is there. Whoever keeps files does without. */
  readonly holdsFiles?: false;
  /** Absolute path of a file or folder inside, for a plugin's own data. */
  resolve(...segments: readonly string[]): string;
}
