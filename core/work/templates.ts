/**
 * Blocks that lack only their seal, kept for miners outside the node until they come back sealed.
 *
 * Shared by engines with proof of work: what a block of theirs states, and whether a seal is good, they say through
 * `TemplateSource`. All bounds are here, since anybody who may ask can ask often: one build at a time, few that wait for one, one
 * template for each address until it has aged, few templates at all, and none with its body once the head has moved.
 */
import { present } from "../kernel/assert.js";
import type { ImportVerdict, UnsealedBlock } from "../ports/consensus.js";
import type { Json } from "../ports/ledger.js";
import type { MiningTemplate, MiningTemplates, StaleReason, TemplateStanding } from "../ports/mining.js";
import type { Clock } from "../ports/runtime.js";
import { Address } from "../primitives/address.js";
import type { Block } from "../primitives/block.js";
import { encodedBlockBytes } from "../primitives/block-codec.js";
import { type Bytes, compareBytes, EMPTY_BYTES, toHex } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import {
  AboveTargetError,
  SealedBlockRefusedError,
  SealLengthError,
  TemplateAddressError,
  TemplateStaleError,
  TemplatesBusyError,
  TemplateUnknownError,
} from "./errors.js";

/** What the shelf needs of an engine. */
export interface TemplateSource {
  readonly clock: Clock;
  /** How long the engine's seals are, bytes. */
  readonly sealBytes: number;
  /** Who is rewarded where nobody is named. */
  readonly payout: () => Address | undefined;
  /** Builds on the head of this moment. */
  readonly build: (payout: Address) => Promise<{ readonly block: UnsealedBlock; readonly target: Bytes; readonly work: Json }>;
  /** 32 bytes, big-endian: not above the target if the seal is good. */
  readonly proofHash: (signingRoot: Hash, seal: Bytes) => Bytes;
  readonly submit: (block: Block) => Promise<ImportVerdict>;
}

export interface TemplateOptions {
  /** Templates that are kept; the oldest go first. */
  readonly maxTemplates: number;
  /** How long a template is good for while the head stands, ms. */
  readonly lifetimeMs: number;
  /** A template this young is given again to whoever asks for the same address, ms. */
  readonly refreshMs: number;
}

/** Requests that wait while others' templates are built. */
const WAITING_MAX = 32;
/** Of these it is remembered why they are stale. */
const STALE_MAX = 256;
/** The head may move while a block is built; then it is built anew, so many times. */
const BUILDS_MAX = 3;

interface Kept {
  readonly template: MiningTemplate;
  readonly block: UnsealedBlock;
  readonly payout: Address;
  /** `Clock.monotonicMs`. */
  readonly madeMs: number;
}

export class TemplateShelf implements MiningTemplates {
  readonly #source: TemplateSource;
  readonly #options: TemplateOptions;
  /** By id, oldest first. */
  readonly #kept = new Map<string, Kept>();
  readonly #stale = new Map<string, { readonly reason: StaleReason; readonly height: number }>();
  #headMoves = 0;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(source: TemplateSource, options: TemplateOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Current ones. */
  get count(): number {
    this.#expire();
    return this.#kept.size;
  }

  /** What is kept stands on another block than the head now. */
  headMoved(): void {
    this.#headMoves += 1;
    for (const id of [...this.#kept.keys()]) this.#drop(id, "head");
  }

  async make(address?: Address): Promise<MiningTemplate> {
    const payout = address ?? this.#source.payout();
    if (payout === undefined) throw new TemplateAddressError({});
    if (this.#waiting >= WAITING_MAX) throw new TemplatesBusyError({ waiting: this.#waiting });
    this.#waiting += 1;
    const turn = this.#turn.then(() => this.#makeNow(payout));
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  standing(id: string): TemplateStanding {
    this.#expire();
    const kept = this.#kept.get(id);
    if (kept !== undefined) return { state: "current", expiresAtMs: kept.template.expiresAtMs };
    const stale = this.#stale.get(id);
    if (stale === undefined) throw new TemplateUnknownError({ id });
    return { state: "stale", reason: stale.reason };
  }

  async submit(id: string, seal: Bytes): Promise<Hash> {
    this.#expire();
    const stale = this.#stale.get(id);
    if (stale !== undefined) throw new TemplateStaleError({ id, ...stale });
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new TemplateUnknownError({ id });
    const { sealBytes } = this.#source;
    if (seal.length !== sealBytes) throw new SealLengthError({ bytes: seal.length, expected: sealBytes });
    const { target } = kept.template;
    const hash = this.#source.proofHash(kept.block.signingRoot, seal);
    if (compareBytes(hash, target) > 0) throw new AboveTargetError({ hash: toHex(hash), target: toHex(target) });
    const { header, transactions, payload } = kept.block;
    const verdict = await this.#source.submit({ header: { ...header, seal }, transactions, payload });
    if (verdict.status === "imported" || verdict.status === "known") return verdict.id;
    throw new SealedBlockRefusedError({ status: verdict.status, verdict: verdict.code, reason: verdict.reason });
  }

  async #makeNow(payout: Address): Promise<MiningTemplate> {
    const young = this.#youngFor(payout);
    if (young !== undefined) return young;
    for (let attempt = 0; attempt < BUILDS_MAX; attempt++) {
      const headMoves = this.#headMoves;
      const built = await this.#source.build(payout);
      if (headMoves === this.#headMoves) return this.#keep(payout, built);
    }
    throw new TemplatesBusyError({ waiting: this.#waiting });
  }

  #youngFor(payout: Address): MiningTemplate | undefined {
    this.#expire();
    const youngestMs = this.#source.clock.monotonicMs() - this.#options.refreshMs;
    for (const kept of this.#kept.values()) if (kept.madeMs > youngestMs && Address.equal(kept.payout, payout)) return kept.template;
    return undefined;
  }

  #keep(payout: Address, { block, target, work }: Awaited<ReturnType<TemplateSource["build"]>>): MiningTemplate {
    const { clock, sealBytes } = this.#source;
    const { header, signingRoot, transactions, payload } = block;
    const id = toHex(signingRoot);
    const madeAtMs = Math.trunc(clock.nowMs());
    const template: MiningTemplate = {
      id,
      header,
      signingRoot,
      target,
      sealBytes,
      transactionCount: transactions.length,
      sizeBytes: encodedBlockBytes({ header: { ...header, seal: EMPTY_BYTES }, transactions, payload }),
      madeAtMs,
      expiresAtMs: madeAtMs + this.#options.lifetimeMs,
      work,
    };
    // Built within one millisecond over the same head it is the same block, and the same template: it only gets younger.
    this.#kept.delete(id);
    this.#stale.delete(id);
    this.#kept.set(id, { template, block, payout, madeMs: clock.monotonicMs() });
    while (this.#kept.size > this.#options.maxTemplates)
      this.#kept.delete(present(this.#kept.keys().next().value, "there is at least the one just made"));
    return template;
  }

  #expire(): void {
    const dueMs = this.#source.clock.monotonicMs() - this.#options.lifetimeMs;
    for (const [id, { madeMs }] of this.#kept) {
      if (madeMs > dueMs) return;
      this.#drop(id, "expired");
    }
  }

  #drop(id: string, reason: StaleReason): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#stale.set(id, { reason, height: kept.block.header.height });
    if (this.#stale.size > STALE_MAX) this.#stale.delete(present(this.#stale.keys().next().value, "it is not empty"));
  }
}
