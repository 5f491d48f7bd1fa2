/**
 * The inner loop of proof of work over SHA-256, by the addon's own code: for miners of plugins. `nativeCounterSearch` of the sdk builds it where the addon
 * is; who mines everywhere brings another way along. Verdicts on blocks never depend on it.
 */
import type { Bytes } from "../primitives/bytes.js";

export interface CounterSearch {
  /** `portable`, `sha-ni`, `avx512`. */
  readonly tier: string;
  /**
   * The first counter in [from, from + count), at most 2^32, for which SHA-256(prefix ‖ counter), the counter in 4 bytes big-endian, read as a big-endian
   * integer, is not above `target` (32 bytes); undefined if none is. Synchronous: about 0.1 µs each. Whole blocks (64 bytes) of the prefix cost nothing.
   *
   * @throws NATIVE_INPUT
   */
  find(prefix: Bytes, from: number, count: number, target: Bytes): number | undefined;
}
