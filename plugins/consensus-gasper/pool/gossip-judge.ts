/**
 * Judges what peers send on the engine's three channels. What is valid is counted at once (fork choice, pools, slasher); what came too early
 * waits for its block or slot, is judged again then, and published if it is valid, because the verdict that peers heard was "ignore".
 */
import {
  type Bytes,
  ChainwrightError,
  type EngineChannel,
  type Hash,
  type MessageVerdict,
  type Metrics,
  messageOf,
} from "../../../core/sdk.js";
import type { GasperChain } from "../chain-access.js";
import {
  type CodecLimits,
  decodeAggregateAndProof,
  decodeAttestation,
  maxAggregateAndProofBytes,
  maxAttestationBytes,
} from "../codec/index.js";
import { GasperFault } from "../errors.js";
import type { Attestation } from "../types.js";
import type { AttestationPool } from "./attestation-pool.js";
import { decodeEvidence, maxEvidenceBytes } from "./evidence.js";
import { EvidenceJudge } from "./evidence-judge.js";
import { type GossipChannel, GossipChannels, GossipCode, type GossipOutcome, verdictOf } from "./gossip-conditions.js";
import { type PoolMetrics, registerPoolGauges } from "./metrics.js";
import { SignatureQueue } from "./signature-queue.js";
import type { Slasher } from "./slasher.js";
import type { SlashingPool } from "./slashing-pool.js";
import { VoteJudge } from "./vote-judge.js";
import { WaitingRoom } from "./waiting-room.js";

export interface GossipJudgeDependencies {
  readonly chain: GasperChain;
  readonly limits: CodecLimits;
  readonly pool: AttestationPool;
  readonly slashings: SlashingPool;
  readonly slasher: Slasher;
  readonly metrics: PoolMetrics;
}

export interface GossipJudgeOptions {
  /** Signature sets that may wait to be verified. Default: 4,096, two seconds of work of one core. */
  readonly maxWaitingSets?: number;
  /** Messages that may wait for a block or a slot, some 400 bytes each. Default: 8,192. */
  readonly maxWaitingMessages?: number;
  /** Those of them that wait for the same. Default: half of all. */
  readonly maxWaitingPerBlock?: number;
  /** Votes that may wait for the committees of a branch that are being made. Default: 8,192. */
  readonly maxCommitteeWaits?: number;
}

export class GossipJudge {
  readonly #chain: GasperChain;
  readonly #limits: CodecLimits;
  readonly #metrics: PoolMetrics;
  readonly #signatures: SignatureQueue;
  readonly #votes: VoteJudge;
  readonly #evidence: EvidenceJudge;
  readonly #room: WaitingRoom;
  readonly #pool: AttestationPool;
  #slot = -1;

  constructor(dependencies: GossipJudgeDependencies, options: GossipJudgeOptions = {}) {
    const { chain, metrics } = dependencies;
    const { maxWaitingSets = 4_096, maxWaitingMessages = 8_192 } = options;
    this.#chain = chain;
    this.#limits = dependencies.limits;
    this.#metrics = metrics;
    this.#pool = dependencies.pool;
    this.#signatures = new SignatureQueue({ bls: chain.bls, scheduler: chain.host.scheduler, metrics }, { maxWaitingSets });
    const parts = { ...dependencies, signatures: this.#signatures, maxCommitteeWaits: options.maxCommitteeWaits };
    this.#votes = new VoteJudge(chain, parts);
    this.#evidence = new EvidenceJudge(chain, parts);
    this.#room = new WaitingRoom(maxWaitingMessages, options.maxWaitingPerBlock ?? Math.ceil(maxWaitingMessages / 2));
  }

  get waitingMessages(): number {
    return this.#room.size;
  }

  get waitingSets(): number {
    return this.#signatures.waitingSets;
  }

  /** The verdict on a message of a peer. Never throws for what is in it. */
  async judge(channel: string, bytes: Bytes): Promise<MessageVerdict> {
    return verdictOf(await this.judgeInDetail(channel, bytes));
  }

  /** The same with the reason. */
  async judgeInDetail(channel: string, bytes: Bytes): Promise<GossipOutcome> {
    // A copy: what is kept of a message are views of it, and it may be a view of something larger.
    const outcome = isChannel(channel) ? await this.#outcome(channel, new Uint8Array(bytes)) : GossipCode.channel;
    this.#metrics.messages.increment(1, { channel: isChannel(channel) ? channel : "other", code: outcome });
    return outcome;
  }

  /** Counts a vote that was signed here and is being published: as one of gossip, but for its signature. */
  async onOwnVote(attestation: Attestation): Promise<GossipOutcome> {
    return this.#votes.vote(attestation, true);
  }

  /** A block is known now: judges those who waited for it. */
  onBlock(root: Hash): void {
    for (const { channel, bytes } of this.#room.takeBlock(root)) void this.#judgeAgain(channel, bytes);
  }

  /** A slot has begun: judges those who waited for it, and forgets what is too old. */
  onSlot(slot: number): void {
    const { slotsPerEpoch } = this.#chain.clock;
    for (let begun = Math.max(this.#slot + 1, slot - slotsPerEpoch); begun <= slot; begun++)
      for (const { channel, bytes } of this.#room.takeSlot(begun)) void this.#judgeAgain(channel, bytes);
    this.#slot = Math.max(this.#slot, slot);
    this.#votes.prune();
    this.#room.prune(this.#votes.conditions.earliestSlot());
    this.#pool.prune(slot);
  }

  /** Ignores everything from now on; whoever waits for a verdict gets one. */
  stop(): void {
    this.#signatures.stop();
  }

  async #outcome(channel: GossipChannel, bytes: Bytes): Promise<GossipOutcome> {
    try {
      if (channel === GossipChannels.slashings) {
        const evidence = decodeEvidence(bytes, this.#limits);
        return evidence === undefined ? GossipCode.encoding : await this.#evidence.judge(evidence);
      }
      if (channel === GossipChannels.aggregates) {
        const message = decodeAggregateAndProof(bytes, this.#limits);
        return this.#keep(channel, bytes, message.aggregate, await this.#votes.aggregate(message));
      }
      const attestation = decodeAttestation(bytes, this.#limits);
      return this.#keep(channel, bytes, attestation, await this.#votes.vote(attestation));
    } catch (error) {
      if (ChainwrightError.is(error) && error.code.startsWith("ENCODING_")) return GossipCode.encoding;
      throw error;
    }
  }

  /** Lets a vote wait that came too early, or when the slot's budget of committees was used up. */
  #keep(channel: GossipChannel, bytes: Bytes, attestation: Attestation, outcome: GossipOutcome): GossipOutcome {
    const { data } = attestation;
    const message = { channel, bytes, slot: data.slot };
    if (outcome === GossipCode.unknownHead) this.#room.waitForBlock(message, data.headRoot);
    else if (outcome === GasperFault.attestationFuture && data.slot === this.#votes.conditions.latestSlot() + 1)
      this.#room.waitForSlot(message, data.slot);
    else if (outcome === GossipCode.noCommittees && this.#votes.conditions.isPutOff(attestation))
      this.#room.waitForSlot(message, this.#chain.currentSlot() + 1);
    return outcome;
  }

  async #judgeAgain(channel: GossipChannel, bytes: Bytes): Promise<void> {
    const { host } = this.#chain;
    try {
      if ((await this.judge(channel, bytes)) === "accept") host.publish(channel, bytes);
    } catch (error) {
      host.logger.error({ channel, reason: messageOf(error) }, "a message that had waited could not be judged");
    }
  }
}

/** Registers gauges of what waits and is remembered. */
export function registerGossipGauges(metrics: Metrics, judge: GossipJudge, slasher: Slasher): void {
  registerPoolGauges(metrics, {
    waitingMessages: () => judge.waitingMessages,
    waitingSets: () => judge.waitingSets,
    historyEntries: () => slasher.historyEntries,
  });
}

/** The engine's channels with their limits, for core. */
export function gossipChannels(limits: CodecLimits): readonly EngineChannel[] {
  return [
    { name: GossipChannels.attestations, maxMessageBytes: maxAttestationBytes(limits) },
    { name: GossipChannels.aggregates, maxMessageBytes: maxAggregateAndProofBytes(limits) },
    { name: GossipChannels.slashings, maxMessageBytes: maxEvidenceBytes(limits) },
  ];
}

function isChannel(channel: string): channel is GossipChannel {
  return Object.hasOwn(GossipChannels, channel);
}
