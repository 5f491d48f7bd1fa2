/** How fast an engine is on this machine, in a second or less: for `chainwright doctor`. The bench suites measure properly. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { ComputeEngine } from "../../native/index.js";
import { PublicKey, Signature } from "../primitives/keys.js";
import { type SignatureBatch, SignatureBatchBuilder } from "../primitives/signature-batch.js";

const SIGNATURES = 1_024;
const SINGLES_AT_ONCE = 32;
/** About the signing bytes of a transfer. */
const MESSAGE_BYTES = 150;
const PAIRS = 4_096;
const LEAVES_LOG2 = 16;

export interface EngineFigures {
  /** Signatures of 1,024 keys that were not seen before, verified as one batch. */
  readonly signaturesPerSecond?: number;
  /** The same one by one. */
  readonly singleSignaturesPerSecond?: number;
  /** SHA-256 of 64 bytes. */
  readonly pairsPerSecond?: number;
  /** Merkle root of 65,536 leaves. */
  readonly rootMs?: number;
}

/** Which of them to measure. */
export type Workload = "signatures" | "hashes";

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
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      const message = randomBytes(MESSAGE_BYTES);
      builder.add(PublicKey.from(rawKey(publicKey)), Signature.from(sign(null, message, privateKey)), message);
    }
    this.#batch = builder.build();
    this.#nodes = randomBytes(32 << LEAVES_LOG2);
  }

  figures(engine: ComputeEngine, workloads: readonly Workload[]): EngineFigures {
    return {
      ...(workloads.includes("signatures") ? this.#signatures(engine) : {}),
      ...(workloads.includes("hashes") ? this.#hashes(engine) : {}),
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

function rawKey(key: KeyObject): Uint8Array {
  return Buffer.from(key.export({ format: "jwk" }).x as string, "base64url");
}
