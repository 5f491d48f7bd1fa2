/**
 * The Gasper engine: what core asks of it, handed to the parts that know.
 *
 * A block passes `checkHeader` (form, slot, clock), `contextFor` (who the slot's proposer is, by the parent's state), `verifySeals` (its
 * signature and its RANDAO reveal), `begin` (empty slots, epochs, payload) around the ledger's execution, and `onBlock` (fork choice).
 */
import {
  Address,
  API_ROUTES,
  type Block,
  type BlockEnvironment,
  type Bytes,
  CHAIN_SPEC,
  type ChainSpec,
  CONSENSUS,
  type Consensus,
  type ConsensusHost,
  type ConsensusTraits,
  type EngineChannel,
  type Hash,
  type Header,
  type HeaderRecord,
  type Json,
  LEDGER_MODULES,
  type Logger,
  type MessageVerdict,
  type Metrics,
  NEEDS_STATE,
  PLUGIN_CONFIG,
  PLUGIN_LOGGER,
  PLUGIN_METRICS,
  PLUGIN_SPEC,
  type Plugin,
  type Producer,
  present,
  type RestoredTree,
  type SealVerdict,
  type Slicer,
  type StateReader,
  type StateView,
  type StateWriter,
  type Treasury,
  type TreeHeader,
  toHex,
} from "../../core/sdk.js";
import { applyBlock, processBlock } from "./block/index.js";
import { type CodecLimits, codecLimitsOf, decodeExtra, decodePayload, EXTRA_BYTES, SIGNATURE_BYTES } from "./codec/index.js";
import type { GasperConfig, GasperSpec } from "./config.js";
import { GasperFault, invalidBlock, NoTreasuryError } from "./errors.js";
import { ProposalTurns, WalkTurns } from "./header-turns.js";
import { ValidatorsModule } from "./module/index.js";
import { checkParameters, type GasperParameters } from "./parameters.js";
import { gossipChannels } from "./pool/index.js";
import { gasperRoutes } from "./routes/index.js";
import { GasperRuntime } from "./runtime.js";
import { badSeal, type HeaderTurns, type SealContext, sealContextOf } from "./seal-context.js";
import { SlotClock } from "./slot-clock.js";
import { checkSupply, ESCROW, GasperState, genesis } from "./state/index.js";

/** One signature natively. */
const SEAL_COST_US = 1_100;

/** The genesis header names nobody: index 0 and a reveal of zero bytes. */
const GENESIS_EXTRA = new Uint8Array(EXTRA_BYTES);

export class GasperConsensus implements Plugin, Consensus {
  static readonly inject = [CHAIN_SPEC, PLUGIN_CONFIG, PLUGIN_SPEC, PLUGIN_LOGGER, PLUGIN_METRICS];

  readonly traits: ConsensusTraits = {
    headers: "state",
    finality: "gadget",
    ancestryDepth: 1,
    certificates: false,
    clock: "slots",
    sealCostUs: SEAL_COST_US,
  };
  readonly confirmations: number;
  readonly channels: readonly EngineChannel[];
  readonly producer: Producer;
  readonly #parameters: GasperParameters;
  readonly #clock: SlotClock;
  readonly #limits: CodecLimits;
  readonly #module: ValidatorsModule;
  readonly #runtime: GasperRuntime;
  readonly #turns: HeaderTurns;

  /** @throws ParametersError */
  constructor(chain: ChainSpec, config: GasperConfig, spec: GasperSpec, logger: Logger, metrics: Metrics) {
    this.#parameters = checkParameters(spec, chain);
    this.#clock = new SlotClock(chain.genesisTimeMs, spec.slotMs, spec.slotsPerEpoch);
    this.#turns = { walks: new WalkTurns(this.#clock), proposals: new ProposalTurns(this.#clock) };
    this.#limits = codecLimitsOf(spec);
    // What two epochs are built on is final in the ordinary case.
    this.confirmations = 2 * spec.slotsPerEpoch;
    this.channels = gossipChannels(this.#limits);
    this.#module = new ValidatorsModule(this.#parameters, chain.addressPrefix);
    this.#runtime = new GasperRuntime({ parameters: this.#parameters, clock: this.#clock, limits: this.#limits, config, logger, metrics });
    this.producer = this.#runtime.producer;
  }

  capabilities(): Readonly<Record<string, unknown>> {
    return { [CONSENSUS]: this, [LEDGER_MODULES]: this.#module, [API_ROUTES]: gasperRoutes(this.#runtime) };
  }

  /** Before `attach`, by the plugin of adversary/ alone: its node's validators break the rules. */
  exchangeDuties(exchange: GasperRuntime["exchangeDuties"]): void {
    this.#runtime.exchangeDuties = exchange;
  }

  /** @throws NoTreasuryError, GenesisPossessionError, and what BLS_* says of this machine */
  async attach(host: ConsensusHost): Promise<void> {
    if (host.treasury === undefined) throw new NoTreasuryError({});
    await this.#runtime.attach(host);
  }

  async stop(): Promise<void> {
    this.#turns.walks.stop();
    await this.#runtime.stop();
  }

  genesis(_spec: ChainSpec): { readonly extra: Bytes; readonly proposer: Address } {
    return { extra: GENESIS_EXTRA, proposer: Address.zero };
  }

  /** @throws NoTreasuryError */
  genesisState(writer: StateWriter, _spec: ChainSpec, treasury: Treasury | undefined): void {
    if (treasury === undefined) throw new NoTreasuryError({});
    genesis(writer, this.#parameters, treasury);
  }

  /**
   * Form, and a time that a slot begins at. Whether it has begun is looked at with the seal (seal-context.ts).
   *
   * @throws InvalidHeaderError with a code of `GasperFault`
   */
  checkHeader({ header }: HeaderRecord): void {
    const { extra, seal, timestampMs } = header;
    if (extra.length !== EXTRA_BYTES) throw invalidBlock(GasperFault.extra, `extra has ${EXTRA_BYTES} bytes, not ${extra.length}`);
    if (seal.length !== SIGNATURE_BYTES) throw invalidBlock(GasperFault.seal, `the seal has ${SIGNATURE_BYTES} bytes, not ${seal.length}`);
    if (this.#clock.slotStartingAt(timestampMs) === undefined)
      throw invalidBlock(
        GasperFault.timestamp,
        `no slot begins at ${timestampMs}: one does every ${this.#clock.slotMs} ms from genesis on`,
      );
  }

  /**
   * The proposer's key. Who proposes is written in the parent's state for its epoch and the next; a header of a later epoch has the state moved on
   * for it, once for all headers of that parent and epoch.
   *
   * @throws InvalidHeaderError with a code of `GasperFault`, NotYetError
   */
  async contextFor(parent: TreeHeader, header: Header, view: StateView | undefined): Promise<SealContext | typeof NEEDS_STATE> {
    if (view === undefined) return NEEDS_STATE;
    const slot = present(this.#clock.slotStartingAt(header.timestampMs), "checkHeader saw to it");
    if (header.timestampMs <= parent.header.timestampMs)
      throw invalidBlock(
        GasperFault.slot,
        `slot ${slot} is not above the parent's, ${this.#clock.slotStartingAt(parent.header.timestampMs)}`,
      );
    return sealContextOf(this.#runtime, this.#turns, parent, header, slot);
  }

  async verifySeals(batch: readonly { readonly record: HeaderRecord; readonly context: unknown }[]): Promise<readonly SealVerdict[]> {
    const verdicts = await this.#runtime.verifySeals(
      batch.map(({ record, context }) => ({ ...(context as SealContext), signingRoot: record.signingRoot, seal: record.header.seal })),
    );
    return batch.map(({ record, context }, index) => {
      if (verdicts[index] !== true) return { ok: false, ...badSeal(context as SealContext).data };
      this.#runtime.onSealed(record);
      return { ok: true };
    });
  }

  /** Shape and size; what the payload says is for `begin`. @throws EncodingError, EncodingLimitError */
  checkPayload(block: Block): void {
    decodePayload(block.payload, this.#limits);
  }

  /** @throws InvalidHeaderError with a code of `GasperFault` */
  async begin(writer: StateWriter, env: BlockEnvironment, slicer: Slicer): Promise<void> {
    const payload = decodePayload(env.payload, this.#limits);
    const isMoved = await this.#runtime.moveToEpoch(writer, env);
    const state = GasperState.open(writer, this.#parameters);
    const services = this.#runtime.blockServices(env.parent, slicer);
    // An epoch's first slot is where the walk ended; its order after the parent's was checked with the header.
    const isThere = isMoved && state.slot === this.#clock.slotAt(env.timestampMs);
    await (isThere ? processBlock : applyBlock)(state, env, payload, services);
    state.commit(writer, this.#runtime.treasury);
  }

  onBlock(block: TreeHeader): Promise<void> {
    return this.#runtime.onBlock(block);
  }

  onInvalid(blockId: Hash): void {
    this.#runtime.onInvalid(blockId);
  }

  onMessage(channel: string, message: Bytes): Promise<MessageVerdict> {
    return this.#runtime.onMessage(channel, message);
  }

  restore(tree: RestoredTree): Promise<void> {
    return this.#runtime.restore(tree);
  }

  snapshot(): Bytes {
    return this.#runtime.snapshot();
  }

  holdings(view: StateReader): { readonly account: Address; readonly amount: bigint } {
    return { account: ESCROW, amount: heldBy(GasperState.open(view, this.#parameters)) };
  }

  status(): Json {
    return this.#runtime.status();
  }

  describeHeader(header: Header): Json {
    const slot = this.#clock.slotStartingAt(header.timestampMs);
    const extra = decodeExtra(header.extra);
    if (slot === undefined || extra === undefined) return { extra: toHex(header.extra) };
    const { proposerIndex, randaoReveal } = extra;
    return {
      slot,
      epoch: this.#clock.epochOf(slot),
      proposerIndex: header.height === 0 ? null : proposerIndex,
      randaoReveal: toHex(randaoReveal),
    };
  }
}

/** All balances and waiting deposits, one by one. */
function heldBy(state: GasperState): bigint {
  const { balances, pending } = checkSupply(state, 0n);
  return balances + pending;
}
