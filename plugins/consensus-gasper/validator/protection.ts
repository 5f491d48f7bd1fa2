/**
 * The durable record that comes before every signature that could be slashed.
 *
 * It lies in the engine's journal, one entry a key. A signature is permitted only once the entry that tells of it is durable, so
 * after a crash at any point the node knows of all that it may have signed. Keys don't wait for each other: their entries are
 * written side by side, and storage commits them together.
 */
import {
  asciiBytes,
  type Bytes,
  ChainwrightError,
  concatBytes,
  type EngineJournal,
  type Hash,
  messageOf,
  toHex,
} from "../../../core/sdk.js";
import { ProtectionDamagedError, ProtectionRefusedError, ProtectionUnwrittenError } from "./errors.js";
import { exportProtection, type Interchange, importProtection } from "./interchange.js";
import {
  decodeRecord,
  encodeRecord,
  mergeRecords,
  NOTHING_SIGNED,
  type Permission,
  type ProtectionRecord,
  permitBlock,
  permitVote,
  type VoteToSign,
} from "./protection-record.js";

/** 16 bytes, which with a public key are the journal's longest key. */
const KEY_PREFIX = asciiBytes("gasper/slashing/");

interface Guarded {
  /** What may have been signed; undefined: not read yet. Never lower than what is stored. */
  record: ProtectionRecord | undefined;
  /** Whether the journal says the same. */
  isDurable: boolean;
  /** Who comes next waits for it. */
  turn: Promise<void>;
}

/** By journal and key, not by whoever protects: two of them over one journal are one. A journal has as many as the node has keys. */
const GUARDED = new WeakMap<EngineJournal, Map<string, Guarded>>();

export class SlashingProtection {
  readonly #journal: EngineJournal;
  readonly #guarded: Map<string, Guarded>;

  constructor(journal: EngineJournal) {
    this.#journal = journal;
    const known = GUARDED.get(journal);
    this.#guarded = known ?? new Map<string, Guarded>();
    if (known === undefined) GUARDED.set(journal, this.#guarded);
  }

  /**
   * Resolves when a block of `slot` may be signed.
   *
   * @param signingRoot what would be signed
   * @throws ProtectionRefusedError, ProtectionDamagedError, ProtectionUnwrittenError
   */
  permitBlock(publicKey: Bytes, slot: number, signingRoot: Hash): Promise<void> {
    return this.#permit(publicKey, "block", (record) => permitBlock(record, slot, signingRoot));
  }

  /**
   * Resolves when a vote may be signed.
   *
   * @throws ProtectionRefusedError, ProtectionDamagedError, ProtectionUnwrittenError
   */
  permitVote(publicKey: Bytes, vote: VoteToSign, signingRoot: Hash): Promise<void> {
    return this.#permit(publicKey, "vote", (record) => permitVote(record, vote, signingRoot));
  }

  /** What is known of a key. @throws ProtectionDamagedError */
  recordOf(publicKey: Bytes): ProtectionRecord {
    return this.#guardedOf(publicKey).record ?? this.#read(publicKey);
  }

  /** An EIP-3076 file of these keys. @throws ProtectionDamagedError */
  export(publicKeys: readonly Bytes[], chainHash: Hash): Interchange {
    return exportProtection(
      publicKeys.map((publicKey) => ({ publicKey, record: this.recordOf(publicKey) })),
      chainHash,
    );
  }

  /**
   * Takes in an EIP-3076 file: nothing is ever lowered by it. The only way out of a damaged record, which it replaces if it tells of blocks
   * as well as of votes: what it is silent about is not known to be nothing.
   *
   * @param file parsed JSON
   * @returns how many keys it tells of
   * @throws InterchangeError, InterchangeChainError, ProtectionUnwrittenError; ProtectionDamagedError once the other keys are imported
   */
  async import(file: unknown, chainHash: Hash): Promise<number> {
    const keys = importProtection(file, chainHash);
    const outcomes = await Promise.allSettled(
      keys.map(({ publicKey, record }) =>
        this.#inTurn(publicKey, (guarded) => {
          guarded.record = mergeRecords(this.#known(guarded, publicKey, record), record);
          guarded.isDurable = false;
        }),
      ),
    );
    // All are done by now: the journal may be closed after this.
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    return keys.length;
  }

  /** @param imported what is to be merged into it, or is to replace it where it can't be read */
  #known(guarded: Guarded, publicKey: Bytes, imported: ProtectionRecord): ProtectionRecord {
    try {
      return guarded.record ?? this.#read(publicKey);
    } catch (error) {
      const isWhole = imported.block !== undefined && imported.votes !== undefined;
      if (ProtectionDamagedError.matches(error) && isWhole) return NOTHING_SIGNED;
      throw error;
    }
  }

  #permit(publicKey: Bytes, kind: "block" | "vote", judge: (record: ProtectionRecord) => Permission): Promise<void> {
    return this.#inTurn(publicKey, (guarded) => {
      if (guarded.record === undefined) {
        guarded.record = this.#read(publicKey);
        guarded.isDurable = true;
      }
      const verdict = judge(guarded.record);
      if ("refusal" in verdict) throw new ProtectionRefusedError({ publicKey: toHex(publicKey), kind, reason: verdict.refusal });
      if (verdict.record === guarded.record) return;
      // Before it is written: if writing fails, nobody knows what the disk has.
      guarded.record = verdict.record;
      guarded.isDurable = false;
    });
  }

  /** One after the other for a key: `change`, then the journal, unless that has it. */
  #inTurn(publicKey: Bytes, change: (guarded: Guarded) => void): Promise<void> {
    const guarded = this.#guardedOf(publicKey);
    const turn = guarded.turn.then(async () => {
      change(guarded);
      if (guarded.isDurable) return;
      await this.#write(publicKey, guarded.record ?? NOTHING_SIGNED);
      guarded.isDurable = true;
    });
    guarded.turn = turn.catch(() => undefined);
    return turn;
  }

  #guardedOf(publicKey: Bytes): Guarded {
    const name = toHex(publicKey);
    let guarded = this.#guarded.get(name);
    if (guarded === undefined) {
      guarded = { record: undefined, isDurable: false, turn: Promise.resolve() };
      this.#guarded.set(name, guarded);
    }
    return guarded;
  }

  #read(publicKey: Bytes): ProtectionRecord {
    let bytes: Bytes | undefined;
    try {
      bytes = this.#journal.get(concatBytes(KEY_PREFIX, publicKey));
    } catch (error) {
      // A journal that is closed or can't be read says nothing of the record.
      if (!ChainwrightError.is(error) || error.kind !== "damaged") throw error;
      throw new ProtectionDamagedError({ publicKey: toHex(publicKey), reason: error.message }, error);
    }
    if (bytes === undefined) return NOTHING_SIGNED;
    const record = decodeRecord(bytes);
    if ("fault" in record) throw new ProtectionDamagedError({ publicKey: toHex(publicKey), reason: record.fault });
    return record;
  }

  async #write(publicKey: Bytes, record: ProtectionRecord): Promise<void> {
    try {
      await this.#journal.put(concatBytes(KEY_PREFIX, publicKey), encodeRecord(record));
    } catch (error) {
      throw new ProtectionUnwrittenError({ publicKey: toHex(publicKey), reason: messageOf(error) }, error);
    }
  }
}
