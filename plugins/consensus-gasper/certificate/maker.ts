/**
 * Makes the certificate of each checkpoint that becomes final, from the votes that blocks brought.
 *
 * Only links from one epoch to the next make certificates (the ordinary case). A checkpoint that became final otherwise, over an epoch in
 * between, has none; clients go on with the next that has one. Nothing here has a say in consensus: a failure costs a certificate.
 */
import {
  type Bytes,
  blsAggregateSignatures,
  bytesEqual,
  encodeHeader,
  Hash,
  type Logger,
  messageOf,
  type StateView,
  type TreeHeader,
} from "../../../core/sdk.js";
import type { GasperChain } from "../chain-access.js";
import { encodeFinalityCertificate } from "../codec/index.js";
import { committedSetRoot, encodedSetRoot, encodeValidatorSet } from "../epoch/index.js";
import type { GasperState } from "../state/index.js";
import type { Checkpoint, IndexedAttestation } from "../types.js";
import { LinkVotes } from "./link-votes.js";
import { CertificateStore } from "./store.js";

/** Checkpoints that wait for their certificates; what comes when there are more goes without. */
const WAITING_MAX = 8;
/** Kinds of votes of one link, for each committee of an epoch. */
const KINDS_PER_COMMITTEE = 4;
/** Signatures that are added up at once: each is decompressed, which takes about 0.1 ms. */
const SIGNATURES_AT_ONCE = 64;
const INFINITY_FLAG = 0x40;

export interface CertificateMakerParts {
  readonly chain: Pick<GasperChain, "host" | "parameters" | "clock" | "stateOf" | "stateAt">;
  readonly logger: Logger;
}

/** What is looked up at once, while it is sure to be there. */
interface Finalized {
  readonly checkpoint: Checkpoint;
  readonly header: TreeHeader;
  readonly view: StateView;
  readonly state: GasperState;
  readonly setRoot: Hash;
}

export class CertificateMaker {
  readonly store: CertificateStore;
  readonly #parts: CertificateMakerParts;
  readonly #votes: LinkVotes;
  #finalizedEpoch = 0;
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: CertificateMakerParts) {
    const { host, parameters } = parts.chain;
    this.#parts = parts;
    this.store = new CertificateStore(host.journal);
    this.#votes = new LinkVotes(KINDS_PER_COMMITTEE * parameters.slotsPerEpoch * parameters.spec.committees.maxPerSlot);
  }

  /** Valid votes that a block brought, of whatever branch. */
  onVotes(votes: IndexedAttestation): void {
    if (votes.data.source.epoch >= this.#finalizedEpoch) this.#votes.add(votes);
  }

  /**
   * A checkpoint is final. To be called with the same one any number of times, after the votes of the block that made it so were handed over,
   * and before its state may be dropped.
   */
  onFinalized(checkpoint: Checkpoint): void {
    // Votes name genesis by a root of zeros, and nobody needs a proof that it is final.
    if (checkpoint.epoch <= this.#finalizedEpoch || this.#waiting >= WAITING_MAX) return;
    this.#finalizedEpoch = checkpoint.epoch;
    const finalized = this.#lookUp(checkpoint);
    if (finalized === undefined) {
      this.#votes.prune(checkpoint.epoch);
      return;
    }
    this.#waiting++;
    this.#turn = this.#turn
      .then(() => this.#make(finalized))
      .catch((error: unknown) =>
        this.#parts.logger.warn({ epoch: checkpoint.epoch, reason: messageOf(error) }, "no finality certificate could be made"),
      )
      .finally(() => {
        this.#waiting--;
        this.#votes.prune(checkpoint.epoch);
      });
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#turn;
  }

  #lookUp(checkpoint: Checkpoint): Finalized | undefined {
    const { chain } = this.#parts;
    const header = chain.host.header(checkpoint.root);
    const view = chain.host.view(checkpoint.root);
    const state = chain.stateOf(checkpoint.root);
    const setRoot = state === undefined ? undefined : committedSetRoot(state);
    if (header === undefined || view === undefined || state === undefined || setRoot === undefined) return undefined;
    return { checkpoint, header, view, state, setRoot };
  }

  async #make(finalized: Finalized): Promise<void> {
    const { checkpoint, header, view, state, setRoot } = finalized;
    await this.#keepSet(finalized);
    const last = this.store.latest();
    if (last !== undefined && last.epoch >= checkpoint.epoch) return;
    const { weightOf, active } = weights(state, checkpoint.epoch + 1);
    const choice = this.#votes.best(checkpoint, weightOf);
    // Sums of increments are below 2^36.
    if (choice === undefined || 3 * choice.weight < 2 * active) return;
    const setProof = await view.prove(state.keys.commitment);
    const signature = await this.#addUp(choice.signatures);
    // Two keys of one person may be each other's negatives.
    if (((signature[0] as number) & INFINITY_FLAG) !== 0) return;
    const { source, target, groups, voters, weight } = choice;
    const bytes = encodeFinalityCertificate({
      header: encodeHeader(header.header),
      votes: { source, target, groups, signature },
      setProof,
    });
    await this.store.add({
      epoch: checkpoint.epoch,
      root: checkpoint.root,
      height: header.header.height,
      slot: state.slot,
      stateRoot: header.header.stateRoot,
      setRoot,
      voters,
      votedIncrements: weight,
      activeIncrements: active,
      bytes,
    });
  }

  /**
   * The set as it was when the state committed to it, at the beginning of its epoch: mostly what the state itself has, unless somebody began
   * to leave in one of the epoch's blocks up to this one.
   */
  async #keepSet({ header, state, setRoot }: Finalized): Promise<void> {
    if (this.store.hasSet(setRoot)) return;
    const { chain } = this.#parts;
    const { epoch } = state;
    let bytes = await encodeValidatorSet(state, epoch, chain.host.slicer());
    if (!bytesEqual(encodedSetRoot(bytes), setRoot)) {
      const before = this.#lastBefore(header, chain.clock.firstSlotOf(epoch));
      if (before === undefined) return;
      bytes = await encodeValidatorSet(await chain.stateAt(before, chain.clock.firstSlotOf(epoch)), epoch, chain.host.slicer());
      if (!bytesEqual(encodedSetRoot(bytes), setRoot)) return;
    }
    this.store.addSet(setRoot, bytes);
  }

  /** The newest ancestor from before a slot. */
  #lastBefore(header: TreeHeader, slot: number): Hash | undefined {
    const { host, clock } = this.#parts.chain;
    let at: TreeHeader | undefined = header;
    while (at !== undefined && at.header.height > 0 && clock.slotAt(at.header.timestampMs) >= slot) at = host.header(at.header.parent);
    return at?.id;
  }

  async #addUp(signatures: readonly Bytes[]): Promise<Bytes> {
    const slicer = this.#parts.chain.host.slicer();
    const sums: Bytes[] = [];
    for (let at = 0; at < signatures.length; at += SIGNATURES_AT_ONCE) {
      const sum = blsAggregateSignatures(signatures.slice(at, at + SIGNATURES_AT_ONCE));
      if (((sum[0] as number) & INFINITY_FLAG) === 0) sums.push(sum);
      await slicer.pause();
    }
    return blsAggregateSignatures(sums);
  }
}

/** What votes for a target of `epoch` weigh, as far as the state knows. */
function weights(state: GasperState, epoch: number): { readonly weightOf: (validator: number) => number; readonly active: number } {
  const increments = state.effectiveIncrements();
  let active = 0;
  for (const index of state.activeIndices(epoch)) active += increments[index] as number;
  const weightOf = (index: number): number =>
    index < state.validatorCount && state.isActive(index, epoch) && !state.isSlashed(index) ? (increments[index] as number) : 0;
  return { weightOf, active };
}
