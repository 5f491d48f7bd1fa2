/** What a block brings to the engine beside its state: itself and its votes to fork choice, evidence to the slasher; and what a new one should hold. */
import { bytesEqual, type ConsensusHost, Hash, type HashKey, present, type TreeHeader } from "../../core/sdk.js";
import { attestationVoters } from "./block/index.js";
import type { CertificateMaker } from "./certificate/index.js";
import { attestationSigningRoot, type CodecLimits, decodeExtra, decodePayload } from "./codec/index.js";
import { BeforeFinalizedError, KnownBlockError, UnknownParentError } from "./fork-choice/errors.js";
import type { HeadChoice } from "./head-choice.js";
import type { GasperParameters } from "./parameters.js";
import type { AttestationPool, Slasher, SlashingPool } from "./pool/index.js";
import type { SlotClock } from "./slot-clock.js";
import type { StateAccess } from "./state-access.js";
import type { AttestationData, GasperPayload, IndexedAttestation } from "./types.js";
import type { CanonicalBlock } from "./validator/index.js";

export interface BlockIntakeParts {
  readonly host: ConsensusHost;
  readonly parameters: GasperParameters;
  readonly limits: CodecLimits;
  readonly clock: SlotClock;
  readonly states: StateAccess;
  readonly choice: HeadChoice;
  readonly pool: AttestationPool;
  readonly slashings: SlashingPool;
  readonly slasher: Slasher;
  readonly certificates: Pick<CertificateMaker, "onVotes">;
}

export class BlockIntake {
  readonly #parts: BlockIntakeParts;
  /** What blocks since finality brought, for when they become canonical. */
  readonly #brought = new Map<HashKey, CanonicalBlock>();
  #canonicalHead: Hash | undefined;

  constructor(parts: BlockIntakeParts) {
    this.#parts = parts;
  }

  /** Gives a block that was executed to fork choice, with the votes and the evidence that it brings. */
  async take(block: TreeHeader, isTimely: boolean): Promise<void> {
    const { host, choice, slasher, states, clock, parameters, pool, certificates } = this.#parts;
    try {
      await choice.onBlock(block, isTimely);
    } catch (error) {
      // It came in beside what has become final meanwhile, or stands on a block that did: a stale one.
      if (BeforeFinalizedError.matches(error) || UnknownParentError.matches(error) || KnownBlockError.matches(error)) return;
      throw error;
    }
    const { attestations, attesterSlashings, proposerSlashings } = this.#payloadOf(block.id);
    const votes: IndexedAttestation[] = [];
    const epochNow = clock.epochOf(Math.max(0, clock.slotAt(host.clock.nowMs())));
    const isRecent = (epoch: number): boolean => epoch + 1 >= epochNow;
    for (const attestation of attestations) {
      const { data, signature } = attestation;
      const shuffling = await states.shuffling(data.target.epoch, block.id);
      const indices = attestationVoters(attestation, shuffling);
      const indexed = { data, signature, indices: indices.slice().sort() };
      votes.push(indexed);
      choice.onVotes(indexed);
      if (this.#isForOwnTarget(block.id, data)) certificates.onVotes(indexed);
      const root = attestationSigningRoot(parameters.chainHash, data);
      slasher.onVotes(indexed, root);
      // Should this branch lose, another block takes them. Those that the state has are not picked again.
      const decisionRoot = states.decisionRoot(data.target.epoch, block.id);
      const committee = shuffling.committee(data.slot, data.committeeIndex);
      if (decisionRoot !== undefined && isRecent(data.target.epoch)) pool.add({ attestation, root, committee, decisionRoot });
    }
    for (const slashing of attesterSlashings) slasher.adopt({ kind: "attester", slashing });
    for (const slashing of proposerSlashings) slasher.adopt({ kind: "proposer", slashing });
    // Finality may have moved meanwhile.
    if (!choice.choice.contains(block.id)) return;
    this.#brought.set(Hash.key(block.id), {
      root: block.id,
      parentRoot: block.header.parent,
      slot: present(clock.slotStartingAt(block.header.timestampMs), "a block's time is its slot's"),
      proposerIndex: present(decodeExtra(block.header.extra), "a header's extra was checked").proposerIndex,
      votes,
    });
  }

  /** Votes and evidence for a block of `slot` on `parent`. */
  async payloadFor(parent: Hash, slot: number): Promise<GasperPayload> {
    const { host, pool, slashings, states, parameters } = this.#parts;
    const state = await states.at(parent, slot);
    const attestations = await pool.selectSliced(state, parameters.limits.attestations, host.slicer());
    return { attestations, ...slashings.select(state, parameters.limits) };
  }

  /** Blocks from where the last head's branch and that of this one part, upward; it is the last head from now on. */
  newlyCanonical(head: Hash): readonly CanonicalBlock[] {
    const { choice } = this.#parts.choice;
    const path: CanonicalBlock[] = [];
    const last = this.#canonicalHead;
    for (let at = this.#brought.get(Hash.key(head)); at !== undefined; at = this.#brought.get(Hash.key(at.parentRoot))) {
      if (last !== undefined && (bytesEqual(at.root, last) || choice.isDescendant(at.root, last))) break;
      path.push(at);
    }
    this.#canonicalHead = head;
    return path.reverse();
  }

  /** Blocks are out. */
  forget(roots: readonly Hash[]): void {
    for (const root of roots) this.#brought.delete(Hash.key(root));
  }

  clear(): void {
    this.#brought.clear();
    this.#canonicalHead = undefined;
  }

  /** Whether a vote's target is the checkpoint of its epoch on the block's branch: blocks may hold others, which count for nothing. */
  #isForOwnTarget(block: Hash, { target }: AttestationData): boolean {
    const { choice, clock } = this.#parts;
    const checkpoint = choice.choice.ancestorAt(block, clock.firstSlotOf(target.epoch));
    return checkpoint !== undefined && bytesEqual(checkpoint, target.root);
  }

  #payloadOf(root: Hash): GasperPayload {
    const { payload } = present(this.#parts.host.block(root), "a block that was imported is kept");
    // A copy: what is decoded is views, and a vote that waits in the pool is not to keep its whole block in memory.
    return decodePayload(new Uint8Array(payload), this.#parts.limits);
  }
}
