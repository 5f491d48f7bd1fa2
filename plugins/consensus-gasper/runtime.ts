/**
 * The engine while it runs: fork choice over the blocks that core brings, gossip and pools, this node's validators, and the clock that moves
 * them. engine.ts is its face to core, chain-access.ts what its parts see of it.
 */
import {
  type BlockEnvironment,
  BlsKeys,
  BlsVerifier,
  type Bytes,
  bytesEqual,
  type Cancellable,
  type ConsensusHost,
  Hash,
  type HeaderRecord,
  type Json,
  type MessageVerdict,
  messageOf,
  type Producer,
  present,
  type RestoredTree,
  type Slicer,
  type StateWriter,
  type Treasury,
  type TreeHeader,
} from "../../core/sdk.js";
import { type Attached, earlyParts, laterParts, type RuntimeParts } from "./attachment.js";
import type { GasperChain, KnownBlock } from "./chain-access.js";
import { checkCheckpointAge } from "./checkpoint-age.js";
import { blockSigningMessage } from "./codec/index.js";
import { type CommitteeShuffling } from "./duties/index.js";
import { dutyProducer } from "./duty-producer.js";
import type { BlockServices } from "./epoch/index.js";
import { type GasperMetrics, registerMetrics } from "./metrics.js";
import type { GasperParameters } from "./parameters.js";
import { type PoolMetrics, registerPoolMetrics } from "./pool/index.js";
import type { ServedParts } from "./routes/index.js";
import type { SlotClock } from "./slot-clock.js";
import type { GasperState } from "./state/index.js";
import { describeStatus } from "./status.js";
import type { Checkpoint, IndexedAttestation } from "./types.js";
import { type ValidatorDependencies } from "./validator/index.js";

/** A slot in thirds: proposals come in the first, votes with the second, aggregates with the third. */
const INTERVALS_PER_SLOT = 3;

export class GasperRuntime implements GasperChain {
  readonly parameters: GasperParameters;
  readonly clock: SlotClock;
  readonly chainHash: Hash;
  readonly producer: Producer;
  readonly keys = new BlsKeys();
  /** What this node's validators see of the engine instead: for simulations of those that break the rules (adversary/). */
  exchangeDuties: (own: ValidatorDependencies) => ValidatorDependencies = (own) => own;
  readonly #parts: RuntimeParts;
  readonly #metrics: GasperMetrics;
  readonly #poolMetrics: PoolMetrics;
  #attached: Attached | undefined;
  #timer: Cancellable | undefined;
  #lookTimer: Cancellable | undefined;
  #stopped = false;
  /** Keys of validators below it are the same on every branch. */
  #settledKeys = 0;

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
    this.parameters = parts.parameters;
    this.clock = parts.clock;
    this.chainHash = parts.parameters.chainHash;
    this.#poolMetrics = registerPoolMetrics(parts.metrics);
    const headState = () => (this.isRestored ? this.stateOf(this.head().root) : undefined);
    this.#metrics = registerMetrics(parts.metrics, {
      slot: () => (this.isRestored ? Math.max(0, this.currentSlot()) : 0),
      epoch: () => (this.isRestored ? this.clock.epochOf(Math.max(0, this.currentSlot())) : 0),
      headSlot: () => (this.isRestored ? this.head().slot : 0),
      justifiedEpoch: () => (this.isRestored ? this.justified().epoch : 0),
      finalizedEpoch: () => (this.isRestored ? this.finalized().epoch : 0),
      certifiedEpoch: () => (this.isRestored ? (this.#ready.certificates.store.latest()?.epoch ?? 0) : 0),
      participation: () => participationOf(headState()),
      activeValidators: () => headState()?.summary.activeCount ?? 0,
      ownValidators: () => (this.isRestored ? this.#ready.client.activeCount : 0),
    });
    this.producer = dutyProducer(
      parts.config,
      () => this.#ready.client,
      () => this.#ready.waits.stop(),
    );
  }

  // --- life --------------------------------------------------------------------------------------------------------

  /** @throws GenesisPossessionError, BLS_* */
  async attach(host: ConsensusHost): Promise<void> {
    const early = await earlyParts(this.#parts, host, {
      onPruned: (roots) => this.#prune(roots),
      onEpoch: (seconds) => this.#metrics.epochTransitionSeconds.observe(seconds),
    });
    // The others look at the chain through this object, from their construction on.
    this.#attached = early as Attached;
    this.#attached = laterParts(this, this.#parts, early, this.#metrics, this.#poolMetrics);
  }

  /** @throws CheckpointTooOldError */
  async restore({ blocks, finalized, snapshot }: RestoredTree): Promise<void> {
    const { host, choice, intake, states } = this.#ready;
    const anchor = present(host.header(finalized), "the finalized block is kept");
    // Nothing above the block that is final, and no genesis: its state was loaded, and this is the first start with it.
    const isLoaded = anchor.header.height > 0 && blocks.every(({ id }) => bytesEqual(id, finalized)) && snapshot === undefined;
    if (isLoaded && this.#parts.config.oldCheckpoint === "refuse")
      checkCheckpointAge(states.require(finalized), this.clock.epochOf(Math.max(0, this.currentSlot())));
    intake.clear();
    this.#settleKeys(finalized);
    await choice.restore(anchor);
    choice.tick();
    for (const block of blocks) if (!bytesEqual(block.id, finalized)) await intake.take(block, false);
    if (snapshot !== undefined) this.#restoreVotes(snapshot);
    this.#ready.certificates.onFinalized(this.finalized());
    this.#tell();
    this.#armTimer();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#lookTimer?.cancel();
    await this.#attached?.client.stop();
    await this.#attached?.client.lookahead.idle();
    this.#attached?.judge.stop();
    await this.#attached?.certificates.idle();
  }

  snapshot(): Bytes {
    return this.#ready.choice.choice.snapshot();
  }

  // --- blocks ------------------------------------------------------------------------------------------------------

  get nowMs(): number {
    return this.host.clock.nowMs();
  }

  get treasury(): Treasury {
    return present(this.host.treasury, "attach saw to it");
  }

  verifySeals(
    seals: readonly { readonly publicKey: Bytes; readonly signingRoot: Hash; readonly seal: Bytes }[],
  ): Promise<readonly boolean[]> {
    return this.bls.verify(
      seals.map(({ publicKey, signingRoot, seal }) => ({
        publicKey,
        message: blockSigningMessage(this.chainHash, signingRoot),
        signature: seal,
      })),
      { priority: "block" },
    );
  }

  /** A header whose seal is good, whatever becomes of its block. */
  onSealed(record: HeaderRecord): void {
    if (this.isRestored) this.#ready.slasher.onHeader(record);
  }

  /** Moves the parent's state to the first slot of the block's epoch, if that is another: the walk is shared with those who looked ahead. */
  async moveToEpoch(writer: StateWriter, { parent, timestampMs }: Pick<BlockEnvironment, "parent" | "timestampMs">): Promise<boolean> {
    const { states } = this.#ready;
    const epoch = this.clock.epochOf(Math.max(0, this.clock.slotAt(timestampMs)));
    if (epoch <= states.require(parent).epoch) return false;
    const changes = await states.border(parent, epoch);
    changes.applyTo(writer);
    return true;
  }

  /** What the transition of a block on `parent` needs. */
  blockServices(parent: Hash, slicer: Slicer): BlockServices {
    return {
      slicer,
      verify: (sets) => this.bls.verify(sets, { priority: "block" }),
      shuffling: (state, epoch) => this.#ready.states.shufflingBy(state, epoch, parent),
      sumOfKeys: (state, indices) => this.sumOfKeys(state, indices),
    };
  }

  async onBlock(block: TreeHeader): Promise<void> {
    const sinceSlotMs = this.nowMs - block.header.timestampMs;
    await this.#ready.intake.take(block, sinceSlotMs < this.clock.slotMs / INTERVALS_PER_SLOT);
    this.#ready.certificates.onFinalized(this.finalized());
    this.#ready.judge.onBlock(block.id);
    this.#tell();
  }

  onInvalid(root: Hash): void {
    this.#ready.choice.onInvalid(root);
    this.#tell();
  }

  async onMessage(channel: string, message: Bytes): Promise<MessageVerdict> {
    return this.isRestored && !this.#stopped ? this.#ready.judge.judge(channel, message) : "ignore";
  }

  status(): Json {
    return describeStatus(this, this.isRestored ? this.#ready.client.status() : null);
  }

  // --- what the engine's parts see ---------------------------------------------------------------------------------

  get isRestored(): boolean {
    return this.#attached?.choice.isRestored === true;
  }

  get host(): ConsensusHost {
    return this.#ready.host;
  }

  get bls(): BlsVerifier {
    return this.#ready.bls;
  }

  /** For the routes. */
  get served(): ServedParts {
    const { pool, slashings, client, certificates } = this.#ready;
    return { pool, slashings, performance: client.performance, certificates: certificates.store };
  }

  currentSlot(): number {
    return this.clock.slotAt(this.nowMs);
  }

  head(): KnownBlock {
    return this.#ready.choice.head();
  }

  justified(): Checkpoint {
    return this.#ready.choice.choice.justified;
  }

  finalized(): Checkpoint {
    return this.#ready.choice.choice.finalized;
  }

  block(root: Hash): KnownBlock | undefined {
    const slot = this.#ready.choice.choice.blockSlot(root);
    return slot === undefined ? undefined : { root, slot };
  }

  ancestorAt(root: Hash, slot: number): Hash | undefined {
    return this.#ready.choice.choice.ancestorAt(root, slot);
  }

  stateOf(root: Hash): GasperState | undefined {
    return this.#ready.states.of(root);
  }

  stateAt(root: Hash, slot: number): Promise<GasperState> {
    return this.#ready.states.at(root, slot);
  }

  shuffling(epoch: number, root: Hash): Promise<CommitteeShuffling> {
    return this.#ready.states.shuffling(epoch, root);
  }

  decisionRoot(epoch: number, root: Hash): Hash | undefined {
    return this.#ready.states.decisionRoot(epoch, root);
  }

  sumOfKeys(state: GasperState, indices: Uint32Array): Bytes {
    for (const index of indices) if (index >= this.#settledKeys || !this.keys.has(index)) this.keys.set(index, state.publicKey(index));
    return this.keys.aggregate(indices);
  }

  applyVotes(attestation: IndexedAttestation): void {
    this.#ready.choice.onVotes(attestation);
    this.#ready.client.onForeignVote(attestation.indices, attestation.data.target.epoch);
    this.#tell();
  }

  applyEquivocation(indices: Uint32Array): void {
    this.#ready.choice.choice.onEquivocation(indices);
    this.#tell();
  }

  // --- inside ------------------------------------------------------------------------------------------------------

  get #ready(): Attached {
    return present(this.#attached, "attach comes first");
  }

  /** Tells core of the head, and everybody here of the blocks that lead to it. */
  #tell(): void {
    const { choice, client, intake } = this.#ready;
    if (!choice.tell() || this.#stopped) return;
    for (const block of intake.newlyCanonical(choice.head().root)) client.onCanonicalBlock(block);
    client.onHead();
  }

  #restoreVotes(snapshot: Bytes): void {
    try {
      this.#ready.choice.choice.restore(snapshot);
    } catch (error) {
      this.#parts.logger.warn(
        { reason: messageOf(error) },
        "votes of the last run could not be read: fork choice goes on with those of blocks",
      );
    }
  }

  /** Up to finality, validators' numbers are the same on every branch. */
  #settleKeys(finalized: Hash): void {
    const state = this.stateOf(finalized);
    if (state === undefined) return;
    for (let index = this.#settledKeys; index < state.validatorCount; index++) this.keys.set(index, state.publicKey(index));
    this.#settledKeys = Math.max(this.#settledKeys, state.validatorCount);
  }

  /** Blocks are out: below finality, beside it, or invalid. */
  #prune(roots: readonly Hash[]): void {
    const { states, slashings, intake } = this.#ready;
    const finalized = this.finalized();
    intake.forget(roots);
    this.#settleKeys(finalized.root);
    states.prune(roots, finalized.epoch);
    const state = this.stateOf(finalized.root);
    if (state !== undefined) slashings.prune(state);
  }

  #armTimer(): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    const next = this.clock.startOf(Math.max(0, this.currentSlot() + 1));
    // No longer than a slot, so that a clock that was set is noticed soon.
    const delayMs = Math.min(this.clock.slotMs, Math.max(1, next - this.nowMs));
    this.#timer = this.host.scheduler.after(delayMs, () => {
      this.#armTimer();
      this.#onSlot();
    });
  }

  #onSlot(): void {
    const slot = this.currentSlot();
    if (slot < 0) return;
    this.#ready.choice.tick();
    this.#ready.certificates.onFinalized(this.finalized());
    this.#ready.judge.onSlot(slot);
    this.#tell();
    if ((slot + 1) % this.clock.slotsPerEpoch === 0) this.#lookAhead();
  }

  /** Late in an epoch's last slot, when its votes are in, the next epoch's state is made: its first block does not wait for it. */
  #lookAhead(): void {
    this.#lookTimer?.cancel();
    const delayMs = ((INTERVALS_PER_SLOT - 1) * this.clock.slotMs) / INTERVALS_PER_SLOT;
    this.#lookTimer = this.host.scheduler.after(delayMs, () => this.#ready.client.lookahead.look());
  }
}

/** Share of the stake that voted for the previous epoch's target. */
function participationOf(state: GasperState | undefined): number {
  return state === undefined ? 0 : state.summary.previousTargetIncrements / state.activeIncrements;
}
