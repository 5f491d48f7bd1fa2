/** How fast an engine is on this machine, in a second or less: for `chainwright doctor`. The bench suites measure properly. */
import { randomBytes } from "node:crypto";
import { type ComputeEngine, createModulus } from "../../native/index.js";
import { type SignatureBatch, SignatureBatchBuilder } from "../primitives/signature-batch.js";
import { publicKeyOf, signMessage } from "../primitives/signing.js";

const SIGNATURES = 1_024;
const SINGLES_AT_ONCE = 32;
/** About the signing bytes of a transfer. */
const MESSAGE_BYTES = 150;
const PAIRS = 4_096;
const LEAVES_LOG2 = 16;
const MODULUS_BYTES = 256;
/** A call's, some tenths of a millisecond. */
const SQUARINGS = 1_024;

export interface EngineFigures {
  /** Signatures of 1,024 keys that were not seen before, verified as one batch. */
  readonly signaturesPerSecond?: number;
  /** The same one by one. */
  readonly singleSignaturesPerSecond?: number;
  /** SHA-256 of 64 bytes. */
  readonly pairsPerSecond?: number;
  /** Merkle root of 65,536 leaves. */
  readonly rootMs?: number;
  /** Modulo 2,048 bits, one after the other. */
  readonly squaringsPerSecond?: number;
}

/** Which of them to measure. */
export type Workload = "signatures" | "hashes" | "squarings";

/** What all engines are measured with; making it takes a fifth of a second. */
export class EngineMeasure {
  readonly #batch: SignatureBatch;
  readonly #nodes: Uint8Array;
  readonly #seconds: number;

  /** @param seconds CPU time for each figure */
  constructor(seconds: number) {
    this.#seconds = seconds;
    const builder = new SignatureBatchBuilder(SIGNATURES);
    for (let i = 0; i < SIGNATURES; i++) {
      // Not by generateKeyPairSync: exporting its key hangs for ever (Node 20) where the collector frees the job that made it meanwhile.
      const secretKey = randomBytes(32);
      const message = randomBytes(MESSAGE_BYTES);
      builder.add(publicKeyOf(secretKey), signMessage(secretKey, message), message);
    }
    this.#batch = builder.build();
    this.#nodes = randomBytes(32 << LEAVES_LOG2);
  }

  figures(engine: ComputeEngine, workloads: readonly Workload[]): EngineFigures {
    return {
      ...(workloads.includes("signatures") ? this.#signatures(engine) : {}),
      ...(workloads.includes("hashes") ? this.#hashes(engine) : {}),
      ...(workloads.includes("squarings") ? this.#squarings(engine) : {}),
    };
  }

  #signatures(engine: ComputeEngine): EngineFigures {
    const bitmap = new Uint8Array(SIGNATURES / 8);
    const batch = this.#timesPerSecond(() => {
      engine.clearKeyCache();
      engine.verify(this.#batch, 0, SIGNATURES, bitmap);
    });
    let next = 0;
    // Several at a time: asking for the processor's time would otherwise be a part of what is measured.
    const singles = this.#timesPerSecond(() => {
      if (next === 0) engine.clearKeyCache();
      for (let i = next; i < next + SINGLES_AT_ONCE; i++) engine.verify(this.#batch, i, i + 1, bitmap);
      next = (next + SINGLES_AT_ONCE) % SIGNATURES;
    });
    engine.clearKeyCache();
    return { signaturesPerSecond: SIGNATURES * batch, singleSignaturesPerSecond: SINGLES_AT_ONCE * singles };
  }

  #hashes(engine: ComputeEngine): EngineFigures {
    const output = new Uint8Array(32 * PAIRS);
    const input = this.#nodes.subarray(0, 64 * PAIRS);
    const pairs = this.#timesPerSecond(() => engine.hashPairs(input, output, "plain", 0, PAIRS));
    const roots = this.#timesPerSecond(() => engine.subtreeRoot(this.#nodes, 0, LEAVES_LOG2));
    return { pairsPerSecond: PAIRS * pairs, rootMs: 1_000 / roots };
  }

  /** Of any odd modulus; nothing where the engine has none of it. */
  #squarings({ tiers: { modular } }: ComputeEngine): EngineFigures {
    const bytes = this.#nodes.slice(0, MODULUS_BYTES);
    bytes[0] = 0xff;
    bytes[MODULUS_BYTES - 1] = 0xff;
    const modulus = modular === undefined ? undefined : createModulus(bytes, modular);
    if (modulus === undefined || "reason" in modulus) return {};
    const one = new Uint8Array(MODULUS_BYTES).fill(1);
    return { squaringsPerSecond: SQUARINGS * this.#timesPerSecond(() => modulus.squarings(one, SQUARINGS)) };
  }

  /** By CPU time, so that a busy machine does not look like a slow one; after one run that warms up. */
  #timesPerSecond(work: () => void): number {
    work();
    const before = process.cpuUsage();
    for (let times = 1; ; times++) {
      work();
      const { user, system } = process.cpuUsage(before);
      const seconds = (user + system) / 1e6;
      if (seconds >= this.#seconds && seconds > 0) return times / seconds;
    }
  }
}
