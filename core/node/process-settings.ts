/**
 * How the process of a node is best started: what it can't set for itself once it runs. Devnets start their nodes so, the suite `state`
 * measures so, and docs/operations.md shows it for a service.
 */

/**
 * Of Node. A young generation of 4 MiB instead of 16: a collection of it copies what is alive, and blocks live; so each holds the main
 * thread for 2 ms instead of 6, and takes no more processor time in all.
 */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=4"];

/**
 * Of glibc's malloc, elsewhere without effect. Two arenas, and free memory goes back to the system beyond a mebibyte: storage allocates on
 * as many threads as there are, in pieces of all sizes, and would otherwise keep more than a hundred mebibytes that nobody uses.
 */
export const NODE_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "1048576" };
