/**
 * The validators of this node: does what is due for them while it is started, and follows how they do.
 *
 * A slot's proposal, votes and aggregates run beside each other, so that a slow block does not hold up a vote. All that signs is
 * awaited by `stop`, and asks at the last moment whether it still may: after `stop` nothing is signed.
 */
import { type Json, messageOf, type Producer } from "../../../core/sdk.js";
import { Aggregator } from "./aggregator.js";
import { Attester, type CastVote } from "./attester.js";
import type { DutyChain, ValidatorDependencies, ValidatorOptions } from "./dependencies.js";
import { Doppelganger } from "./doppelganger.js";
import { type Duty, DutyLog } from "./duty-log.js";
import { DutyLateError, NoValidatorKeysError, StoppedError } from "./errors.js";
import { EpochLookahead } from "./lookahead.js";
import { type OwnValidator, OwnValidators } from "./own-validators.js";
import { type CanonicalBlock, Performance } from "./performance.js";
import { Proposer } from "./proposer.js";
import { type Permit, ValidatorSigning } from "./signing.js";
import { type Phase, SlotTimer } from "./slot-timer.js";
import { VoteDuties } from "./vote-duties.js";

/** Duties of one kind that may be under way together: of this slot, and of the one before if that is slow. */
const UNDER_WAY_MAX = 2;
const DUTY_OF = { propose: "proposal", vote: "vote", aggregate: "aggregate" } as const satisfies Record<Phase, Duty>;

/** What lives from one start to the next stop. */
interface Run {
  readonly proposer: Proposer;
  readonly attester: Attester;
  readonly aggregator: Aggregator;
  readonly duties: VoteDuties;
  isStopped: boolean;
  /** Votes of the latest slot, for its aggregates. */
  cast: { readonly slot: number; readonly votes: Promise<readonly CastVote[]> } | undefined;
}

export class ValidatorClient implements Producer {
  readonly performance: Performance;
  /** Also for nodes without validators: they import the first block of an epoch sooner. */
  readonly lookahead: EpochLookahead;
  readonly #dependencies: ValidatorDependencies;
  readonly #options: ValidatorOptions;
  readonly #validators = new OwnValidators();
  readonly #doppelganger: Doppelganger;
  readonly #log: DutyLog;
  readonly #timer: SlotTimer;
  readonly #underWay: Readonly<Record<Phase, Set<Promise<void>>>> = { propose: new Set(), vote: new Set(), aggregate: new Set() };
  #run: Run | undefined;
  /** Starts and stops follow each other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(dependencies: ValidatorDependencies, options: ValidatorOptions) {
    const { chain, metrics, logger } = dependencies;
    this.#dependencies = dependencies;
    this.#options = options;
    this.#log = new DutyLog(dependencies);
    this.#doppelganger = new Doppelganger(options.doppelgangerEpochs, this.#validators);
    this.#timer = new SlotTimer(chain.host, chain.clock, logger, (phase, slot) => this.#onPhase(phase, slot));
    this.performance = new Performance(chain, metrics, this.#validators);
    this.lookahead = new EpochLookahead(chain, logger);
  }

  get automatic(): boolean {
    return this.#options.propose && this.#options.validators.length > 0;
  }

  /** @throws NoValidatorKeysError */
  start(): Promise<void> {
    return this.#next(async () => {
      if (this.#run !== undefined) return;
      const signing = await this.#unlock();
      const { chain } = this.#dependencies;
      this.#findValidators();
      this.#restUnrecorded();
      this.#doppelganger.begin(this.#epochNow(chain));
      const listensUntil = this.#doppelganger.signsFrom;
      if (this.#doppelganger.isListening(this.#epochNow(chain)))
        this.#dependencies.logger.info({ untilEpoch: listensUntil }, "listening whether somebody else uses these keys before they sign");
      this.#run = this.#makeRun(signing);
      this.#timer.start();
    });
  }

  /** Resolves when nothing is under way: nothing is signed any more from then on, nor is anything new begun from now on. */
  stop(): Promise<void> {
    if (this.#run !== undefined) this.#run.isStopped = true;
    this.#timer.stop();
    return this.#next(async () => {
      this.#timer.stop();
      if (this.#run === undefined) return;
      this.#run.isStopped = true;
      this.#run = undefined;
      for (const underWay of Object.values(this.#underWay)) await Promise.all([...underWay]);
      await this.lookahead.idle();
      this.#doppelganger.end(this.#epochNow(this.#dependencies.chain));
    });
  }

  /** To be called whenever fork choice has another head: if it is of the slot under way, its votes need not wait. */
  onHead(): void {
    const { chain } = this.#dependencies;
    const slot = chain.currentSlot();
    this.lookahead.look();
    if (this.#run === undefined || this.#run.isStopped || slot < 0 || chain.head().slot !== slot) return;
    if (this.#timer.claim("vote", slot)) this.#onPhase("vote", slot);
  }

  /** To be told of each block that becomes canonical, parents first. */
  onCanonicalBlock(block: CanonicalBlock): void {
    this.performance.onCanonicalBlock(block);
    this.onForeignVote([block.proposerIndex], this.#dependencies.chain.clock.epochOf(block.slot));
    for (const { data, indices } of block.votes) this.onForeignVote(indices, data.target.epoch);
  }

  /** Valid votes that came from others, by gossip or in blocks. @param epoch of their target */
  onForeignVote(indices: Iterable<number>, epoch: number): void {
    for (const error of this.#doppelganger.heard(indices, epoch))
      this.#dependencies.logger.error({ code: error.code, ...error.data }, error.message);
  }

  status(): Json {
    const { chain } = this.#dependencies;
    const slot = chain.currentSlot();
    const known = this.#validators.all.filter(({ index }) => index !== undefined);
    const epoch = this.#epochNow(chain);
    return {
      running: this.#run !== undefined && !this.#run.isStopped,
      slot,
      epoch,
      keys: this.#validators.count,
      validators: known.length,
      refused: known.filter(({ refusal }) => refusal !== undefined).length,
      listensUntilEpoch: this.#doppelganger.isListening(epoch) ? this.#doppelganger.signsFrom : null,
      proposals: this.#log.counts("proposal"),
      votes: this.#log.counts("vote"),
      aggregates: this.#log.counts("aggregate"),
      lastFailure: this.#log.lastFailure,
      onChain: this.performance.summary(),
      nextVoteSlot: this.#nextVoteSlot(slot),
      nextProposalSlot: this.#nextProposalSlot(slot),
    };
  }

  /** How many of this node's validators are active at the head, for metrics. */
  get activeCount(): number {
    const { chain } = this.#dependencies;
    const state = chain.stateOf(chain.head().root);
    if (state === undefined) return 0;
    let count = 0;
    for (const { index } of this.#validators.all)
      if (index !== undefined && index < state.validatorCount && state.isActive(index, state.epoch)) count++;
    return count;
  }

  #next(action: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(action);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #unlock(): Promise<ValidatorSigning> {
    const { signer, protection, chain } = this.#dependencies;
    const { validators } = this.#options;
    if (validators.length === 0) throw new NoValidatorKeysError({ reason: "this node has no validator keys" });
    if (signer === undefined) throw new NoValidatorKeysError({ reason: "this node's signer holds no BLS keys" });
    for (const name of validators) {
      const keys = await signer.keysOf(name);
      if (keys === undefined) throw new NoValidatorKeysError({ reason: `the keystore has no BLS key file ${name}, or it is locked` });
      this.#validators.add(keys);
    }
    return new ValidatorSigning(signer, protection, chain.chainHash);
  }

  #makeRun(signing: ValidatorSigning): Run {
    const dependencies = this.#dependencies;
    const validators = this.#validators;
    const log = this.#log;
    const duties = new VoteDuties(dependencies.chain, validators);
    return {
      proposer: new Proposer({ dependencies, signing, validators, log }),
      attester: new Attester({ dependencies, signing, duties, log }),
      aggregator: new Aggregator({ dependencies, signing, log, targetAggregators: this.#options.targetAggregators }),
      duties,
      isStopped: false,
      cast: undefined,
    };
  }

  #onPhase(phase: Phase, slot: number): void {
    const run = this.#run;
    if (run === undefined || run.isStopped) return;
    this.lookahead.look();
    const { chain } = this.#dependencies;
    if (this.#doppelganger.isListening(chain.clock.epochOf(slot))) {
      this.#findValidators();
      return;
    }
    const underWay = this.#underWay[phase];
    if (underWay.size >= UNDER_WAY_MAX) {
      this.#log.failed(DUTY_OF[phase], slot, undefined, new DutyLateError({ duty: DUTY_OF[phase], slot }));
      return;
    }
    const task = this.#do(run, phase, slot)
      .catch((error: unknown) => this.#log.failed(DUTY_OF[phase], slot, undefined, error))
      .finally(() => underWay.delete(task));
    underWay.add(task);
  }

  async #do(run: Run, phase: Phase, slot: number): Promise<void> {
    // Heads change in the middle of other work: what is due begins after it.
    await undefined;
    if (phase === "propose") return run.proposer.propose(slot, this.#permit(run, "proposal", slot, slot));
    if (phase === "vote") {
      const votes = run.attester.vote(slot, this.#permit(run, "vote", slot, slot));
      run.cast = { slot, votes };
      await votes;
      return;
    }
    if (run.cast?.slot !== slot) return;
    // A vote that failed was reported by its own duty.
    const votes = await run.cast.votes.catch(() => []);
    await run.aggregator.aggregate(votes, this.#permit(run, "aggregate", slot, slot + 1));
  }

  #permit(run: Run, duty: Duty, slot: number, lastSlot: number): Permit {
    return () => {
      if (run.isStopped) throw new StoppedError({});
      if (this.#dependencies.chain.currentSlot() > lastSlot) throw new DutyLateError({ duty, slot });
    };
  }

  #findValidators(): void {
    const { chain, logger } = this.#dependencies;
    try {
      const state = chain.stateOf(chain.head().root);
      if (state !== undefined) this.#validators.find(state);
    } catch (error) {
      logger.error({ reason: messageOf(error) }, "this node's validators could not be looked up in the head's state");
    }
  }

  /**
   * Keys that voted lately, by the chain, and have no record here: a lost database, a copied key. What they signed in this epoch nobody knows,
   * so they wait for the next, once in a run.
   */
  #restUnrecorded(): void {
    const { chain, logger } = this.#dependencies;
    const state = chain.stateOf(chain.head().root);
    if (state === undefined) return;
    const untilEpoch = Math.max(this.#epochNow(chain), state.epoch) + 1;
    let keys = 0;
    for (const own of this.#validators.all) {
      if (own.signsFrom > 0 || own.index === undefined || !own.isIn(state, own.index)) continue;
      const { currentFlags, previousFlags } = state.validator(own.index);
      if ((currentFlags | previousFlags) === 0 || this.#hasRecord(own)) continue;
      own.signsFrom = untilEpoch;
      keys++;
    }
    if (keys > 0)
      logger.info(
        { keys, untilEpoch },
        "keys voted lately, and this node has no record of it: they sign nothing until the next epoch begins",
      );
  }

  #hasRecord(own: OwnValidator): boolean {
    try {
      const { block, votes } = this.#dependencies.protection.recordOf(own.publicKey);
      return block !== undefined || votes !== undefined;
    } catch {
      // Whatever it is that can't be read: each signature asks for it, and says so.
      return true;
    }
  }

  #nextVoteSlot(slot: number): number | null {
    const duties = this.#run?.duties;
    if (duties === undefined) return null;
    const last = slot + this.#dependencies.chain.clock.slotsPerEpoch;
    for (let at = Math.max(0, slot + 1); at <= last; at++) if (duties.knownAt(at).length > 0) return at;
    return null;
  }

  #nextProposalSlot(slot: number): number | null {
    const { chain } = this.#dependencies;
    const state = chain.stateOf(chain.head().root);
    if (state === undefined) return null;
    const last = chain.clock.firstSlotOf(state.epoch + 2);
    for (let at = Math.max(slot, state.slot) + 1; at < last; at++) {
      const proposer = state.proposerAt(at);
      if (proposer !== undefined && this.#validators.at(proposer) !== undefined) return at;
    }
    return null;
  }

  /** Negative before genesis. */
  #epochNow(chain: DutyChain): number {
    const slot = chain.currentSlot();
    return slot < 0 ? -1 : chain.clock.epochOf(slot);
  }
}
