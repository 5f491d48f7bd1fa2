/** The attributes of validators that state holds, column by column. */
import type { StateReader, StateWriter } from "../../../core/sdk.js";
import { columnLayout, PackedColumn } from "./column.js";
import type { StateKeys } from "./keys.js";

// Validators a chunk, elements a validator, bytes an element. Chunks are of 8 to 24 KiB: small enough that a block which touches one
// validator writes little, large enough that 100,000 validators are a few hundred entries.
const PUBLIC_KEYS = columnLayout("public keys", 0, [512, 48, 1], (n) => new Uint8Array(n));
const ACCOUNTS = columnLayout("accounts", 1, [1_024, 20, 1], (n) => new Uint8Array(n));
const EPOCHS = columnLayout("epochs", 2, [1_024, 4, 4], (n) => new Uint32Array(n));
const EFFECTIVE = columnLayout("effective balances", 3, [4_096, 1, 2], (n) => new Uint16Array(n));
const SLASHED = columnLayout("slashed marks", 4, [8_192, 1, 1], (n) => new Uint8Array(n));
const BALANCES = columnLayout("balances", 5, [1_024, 1, 8], (n) => new Float64Array(n));
const FLAGS = columnLayout("participation flags", 6, [4_096, 1, 1], (n) => new Uint8Array(n));
const SCORES = columnLayout("inactivity scores", 8, [2_048, 1, 4], (n) => new Uint32Array(n));

/** Elements of a validator in the column `epochs`. */
export const EPOCH_FIELDS = 4;
export const Eligibility = 0;
export const Activation = 1;
export const Exit = 2;
export const Withdrawable = 3;

export const PUBLIC_KEY_BYTES = 48;
export const ACCOUNT_BYTES = 20;

export class Columns {
  readonly publicKeys: PackedColumn<Uint8Array>;
  readonly accounts: PackedColumn<Uint8Array>;
  /** `EPOCH_FIELDS` a validator; FAR_FUTURE_EPOCH: never. */
  readonly epochs: PackedColumn<Uint32Array>;
  /** In increments. */
  readonly effective: PackedColumn<Uint16Array>;
  /** 0 or 1. */
  readonly slashed: PackedColumn<Uint8Array>;
  /** Smallest unit, safe integers. */
  readonly balances: PackedColumn<Float64Array>;
  readonly scores: PackedColumn<Uint32Array>;
  /** By epoch mod 2. */
  readonly #flags: readonly [PackedColumn<Uint8Array>, PackedColumn<Uint8Array>];

  constructor(reader: StateReader, keys: StateKeys) {
    this.publicKeys = new PackedColumn(reader, keys, PUBLIC_KEYS);
    this.accounts = new PackedColumn(reader, keys, ACCOUNTS);
    this.epochs = new PackedColumn(reader, keys, EPOCHS);
    this.effective = new PackedColumn(reader, keys, EFFECTIVE);
    this.slashed = new PackedColumn(reader, keys, SLASHED);
    this.balances = new PackedColumn(reader, keys, BALANCES);
    this.#flags = [new PackedColumn(reader, keys, FLAGS), new PackedColumn(reader, keys, FLAGS, FLAGS.column + 1)];
    this.scores = new PackedColumn(reader, keys, SCORES);
  }

  /** Participation flags of an epoch: the current one or the one before. */
  flagsOf(epoch: number): PackedColumn<Uint8Array> {
    return epoch % 2 === 0 ? this.#flags[0] : this.#flags[1];
  }

  commit(writer: StateWriter): void {
    const { publicKeys, accounts, epochs, effective, slashed, balances, scores } = this;
    for (const column of [publicKeys, accounts, epochs, effective, slashed, balances, ...this.#flags, scores]) column.commit(writer);
  }
}
