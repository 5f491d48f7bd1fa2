/**
 * How the process of a node is best started: what it can't set for itself once it runs. Devnets start their nodes so, the suite `state`
 * measures so, and docs/operations.md shows it for a service.
 */

/**
 * Of Node. A young generation of 8 MiB instead of 16: a collection of it copies what is alive, and blocks live; so each holds the main
 * thread shorter. Half of that again holds it no shorter, and takes a tenth more processor time (bench suite `state`).
 */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=8"];

/**
 * Of glibc's malloc, elsewhere without effect. Storage allocates on as many threads as there are, in pieces of all sizes: with its own
 * settings, malloc would keep more than a hundred mebibytes that nobody uses. With fewer than eight arenas the threads that read wait for
 * each other and the main thread for them; with less than some MiB kept, or taken from the system at once, the same memory comes and goes
 * with each flush, and every page of it is a fault (together a tenth of the processor time of cold blocks).
 */
export const NODE_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: "8",
  MALLOC_TRIM_THRESHOLD_: "2097152",
  MALLOC_MMAP_THRESHOLD_: "4194304",
};
