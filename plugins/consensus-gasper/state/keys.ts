/** Where the engine's data lies in state. Keys begin with the module's namespace; what they hold is told in keys.ts's readers. */
import { type Bytes, putUint32, putUint64 } from "../../../core/sdk.js";

/** Second byte of a key. */
const Kind = {
  summary: 0x00,
  blockRoots: 0x01,
  randaoMixes: 0x02,
  slashings: 0x03,
  lookahead: 0x04,
  commitment: 0x05,
  column: 0x10,
  key: 0x20,
  pending: 0x21,
  refused: 0x22,
} as const;

/** Epochs whose block roots are kept. */
export const ROOT_EPOCHS = 4;
/** Epochs whose RANDAO mixes are kept. */
export const MIX_EPOCHS = 8;
/** Refused deposits that are kept. */
export const REFUSED_KEPT = 256;

export class StateKeys {
  readonly summary: Bytes;
  /** `MIX_EPOCHS` mixes of 32 bytes, that of epoch e at place e mod `MIX_EPOCHS`. */
  readonly randaoMixes: Bytes;
  /** What was slashed in an epoch, in increments: u64 little-endian at place e mod `vectorEpochs`; trailing zero entries are left out. */
  readonly slashings: Bytes;
  /** Proposers of the current and the next epoch's slots, u32 little-endian. */
  readonly lookahead: Bytes;
  /** Root of the validator set of the state's epoch (light-client/set-format.ts), 32 bytes. */
  readonly commitment: Bytes;
  readonly #namespace: number;

  constructor(namespace: number) {
    this.#namespace = namespace;
    this.summary = Uint8Array.of(namespace, Kind.summary);
    this.randaoMixes = Uint8Array.of(namespace, Kind.randaoMixes);
    this.slashings = Uint8Array.of(namespace, Kind.slashings);
    this.lookahead = Uint8Array.of(namespace, Kind.lookahead);
    this.commitment = Uint8Array.of(namespace, Kind.commitment);
  }

  /** Block roots of the slots of an epoch, 32 bytes each, as far as they are known. */
  blockRoots(epoch: number): Bytes {
    return Uint8Array.of(this.#namespace, Kind.blockRoots, epoch % ROOT_EPOCHS);
  }

  chunk(column: number, chunk: number): Bytes {
    const key = new Uint8Array(7);
    key[0] = this.#namespace;
    key[1] = Kind.column;
    key[2] = column;
    putUint32(key, 3, chunk);
    return key;
  }

  /** The index of the validator with a public key: u32 big-endian; `PENDING_INDEX` while its deposit waits. */
  publicKey(publicKey: Bytes): Bytes {
    const key = new Uint8Array(2 + publicKey.length);
    key[0] = this.#namespace;
    key[1] = Kind.key;
    key.set(publicKey, 2);
    return key;
  }

  /** Deposit number `sequence`. */
  pendingDeposit(sequence: number): Bytes {
    const key = new Uint8Array(10);
    key[0] = this.#namespace;
    key[1] = Kind.pending;
    putUint64(key, 2, sequence);
    return key;
  }

  refusedDeposit(count: number): Bytes {
    return Uint8Array.of(this.#namespace, Kind.refused, count % REFUSED_KEPT);
  }
}
