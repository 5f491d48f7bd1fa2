/**
 * The consensus engine: who may propose, what a valid header is, which tip is the head, what is final.
 *
 * Order of calls, for each node run: constructor → `attach(host)` → (`begin`/`end`, while recovery re-executes what was not
 * flushed) → `restore(…)` → any of the others. For a block:
 * `checkHeader` → `contextFor` → `verifySeals` → (certificate) → `begin`/`end` around the ledger's execution → `onBlock`.
 * An engine with `headers: "ancestry"` gets `onBlock` before execution, so that side branches may stay unexecuted; if a
 * block on the chosen branch then fails, the engine gets `onInvalid` and chooses again. With `headers: "state"` a block
 * is executed first and `onBlock` comes after.
 *
 * Laws: engine data lies in authenticated state or follows from state and `ancestryDepth` headers, so any snapshot starts
 * it. Verdicts depend on nothing but arguments, chain spec and state; the only clock is `host.clock`, and only for `NotYet`
 * and for choosing when to propose. A block without its certificate is "not yet". Heads change only by `choiceChanged`,
 * which may be called at any time after `restore` began. All state methods may yield.
 */
import type { Address } from "../primitives/address.js";
import type { Block, Header, HeaderRecord, UnsealedHeader } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import type { ChainSpec, Rules } from "./chain-spec.js";
import type { Compute } from "./compute.js";
import type { BlockEnvironment, Json, Receipt, Treasury } from "./ledger.js";
import type { MiningTemplates } from "./mining.js";
import type { Clock, Entropy, Logger, Scheduler, Signer, Slicer } from "./runtime.js";
import type { StateReader, StateView, StateWriter } from "./state.js";

export interface ConsensusTraits {
  /** `ancestry`: headers can be judged by headers alone (headers-first sync). `state`: the parent's state is needed. */
  readonly headers: "ancestry" | "state";
  /** `probabilistic`: depth makes safe. `gadget`: finality trails the head. `instant`: a block is final when imported; no reorgs. */
  readonly finality: "probabilistic" | "gadget" | "instant";
  /** How many ancestors `checkHeader` and `contextFor` may read: 1 … 4,096. */
  readonly ancestryDepth: number;
  /** Blocks need a certificate beside them. */
  readonly certificates: boolean;
  /** `slots`: time is divided, core calls `onTick` every `tickMs`. */
  readonly clock: "free" | "slots";
  /**
   * What checking one seal takes on one core, about, µs; default 10. The same on every machine: by it core cuts rows of headers into pieces,
   * and bounds what a peer may cause for headers that lead nowhere (core/network/sync/options.ts).
   */
  readonly sealCostUs?: number;
}

/** A header in the block tree, with what the engine attached to it. */
export interface TreeHeader extends HeaderRecord {
  /** Cumulative fork-choice weight as `weigh` computed it; 0n for engines without it. */
  readonly weight: bigint;
}

/** Read access to ancestors: `at(1)` is the parent, `at(2)` its parent … up to `ancestryDepth` or genesis. */
export interface Ancestors {
  at(distance: number): TreeHeader | undefined;
}

/** Opaque to core; cached by the engine's `contextKey` within an epoch. */
export type ValidationContext = unknown;

export const NEEDS_STATE = Symbol("needs state");

/** A seal is good, or bad with a reason (logged, reported to the peer book), and with a code if the engine tells faults apart. */
export type SealVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly code?: string };

/** How a batch of seals is to be judged. */
export interface SealOptions {
  /**
   * The entries are consecutive headers of one branch: what follows a bad one is worth nothing. The answer may end with the first bad
   * one, and should, where checking costs more than a few microseconds: what came after it would be work that its sender bought.
   */
  readonly row?: boolean;
}

/** What fork choice says; hashes of blocks that the engine was given. Only what changed need be there, head always. */
export interface Choice {
  readonly head: Hash;
  readonly justified?: Hash;
  /** Never moves back and never off the head's chain. Core drops branches that don't descend from it. */
  readonly finalized?: Hash;
}

/** Verdict on a gossip message, for relay and peer scoring. */
export type MessageVerdict = "accept" | "ignore" | "reject";

/** An executed block that was not imported. */
export interface Candidate {
  readonly block: Block;
  readonly record: HeaderRecord;
  readonly receipts: readonly Receipt[];
}

/** What the proposer decides; everything else of the header follows. */
export interface ProposalFields {
  readonly timestampMs: number;
  readonly proposer: Address;
  readonly extra: Bytes;
  readonly payload?: Bytes;
  /** Leave out transactions that would make the block larger than this, bytes. */
  readonly maxBytes?: number;
}

/** A block that lacks only its seal. */
export interface UnsealedBlock {
  readonly header: UnsealedHeader;
  readonly signingRoot: Hash;
  readonly transactions: readonly Bytes[];
  readonly payload: Bytes;
}

/** Outcome of offering a block to the chain. */
export type ImportVerdict =
  | { readonly status: "imported"; readonly id: Hash; readonly canonical: boolean }
  | { readonly status: "known"; readonly id: Hash }
  | { readonly status: "not-yet"; readonly id: Hash; readonly code: string; readonly reason: string }
  | { readonly status: "invalid"; readonly id: Hash; readonly code: string; readonly reason: string };

/** What core does for an engine. Valid from `attach` until `stop`. */
export interface ConsensusHost {
  readonly spec: ChainSpec;
  readonly genesis: HeaderRecord;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly entropy: Entropy;
  readonly compute: Compute;
  readonly signer: Signer;
  readonly logger: Logger;
  /**
   * The ledger's, for rewards and penalties; undefined over a ledger that has none. Here and not only as a capability, so that an engine can
   * contribute modules to the very ledger whose treasury it uses.
   */
  readonly treasury: Treasury | undefined;
  /** Tells core what fork choice says now. Core executes and moves the head in its own time, in order of calls. */
  choiceChanged(choice: Choice): void;
  /** Executes without importing (to vote on a proposal), after the checks of import but for the certificate. @throws as import would refuse it */
  execute(block: Block): Promise<Candidate>;
  /**
   * Picks transactions, executes them on `parent` (and `parent` itself first, if it was not) and fills the header. Same code
   * as import. This, `execute` and `submit` may wait for the chain: never await them inside `onBlock`, `onInvalid`,
   * `begin`, `end`, `contextFor` or `restore`, which the chain itself waits for.
   */
  buildBlock(parent: Hash, fields: ProposalFields): Promise<UnsealedBlock>;
  /** Imports a block made here or sealed elsewhere; resolves once it is durable and judged. */
  submit(block: Block, certificate?: Bytes): Promise<ImportVerdict>;
  /** Hands over a certificate that came apart from its block. Of a block that has not arrived it is not kept: hand it over again then. */
  submitCertificate(blockId: Hash, certificate: Bytes): Promise<ImportVerdict>;
  /** Gossips to peers; not delivered to oneself. */
  publish(channel: string, message: Bytes): void;
  /** Durable before it resolves: what must survive a crash before a vote is sent. At most 65,536 bytes a record. */
  readonly journal: EngineJournal;
  header(id: Hash): TreeHeader | undefined;
  /** A whole block of the tree, or a canonical one whose body is kept. */
  block(id: Hash): Block | undefined;
  /** Canonical headers [from, from + count), as far as there are. */
  headers(from: number, count: number): readonly TreeHeader[];
  rulesAt(height: number): Rules;
  /** State after an executed block within the undo horizon. */
  view(blockId: Hash): StateView | undefined;
  /** A writer over a view, for `advance` without a block; its writes go nowhere. */
  scratch(view: StateView): StateWriter;
  slicer(): Slicer;
}

export interface EngineJournal {
  /** Sets `key` (1 to 64 bytes) durably. */
  put(key: Bytes, value: Bytes): Promise<void>;
  get(key: Bytes): Bytes | undefined;
  delete(key: Bytes): Promise<void>;
}

/** The executed or stored part of the block tree since finality, parents first, for `restore`. */
export interface RestoredTree {
  readonly blocks: readonly TreeHeader[];
  readonly head: Hash;
  readonly justified: Hash;
  readonly finalized: Hash;
  /** What `snapshot()` answered at the last clean stop; absent after a crash. */
  readonly snapshot?: Bytes;
}

/**
 * Proposing blocks. Laws: `start` and `stop` may follow each other any number of times; nothing is proposed after `stop` resolved.
 * Not the plugin object itself: its own `start` and `stop` are the kernel's (`Plugin`), called before `attach` and after all else.
 */
export interface Producer {
  /** Whether this node is configured to propose: then core calls `start` once the whole node has started. */
  readonly automatic: boolean;
  /** Also called when an administrator switches production on. @throws a typed error that says what is missing (an address, a key) */
  start(): void | Promise<void>;
  stop(): void | Promise<void>;
  /** For status and metrics (hash rate, duties …). */
  status(): Json;
  /** Makes blocks now, whatever the schedule, and resolves with their ids (`dev mine N`). Not every engine can. */
  produce?(count: number): Promise<readonly Hash[]>;
  /**
   * The mempool gained transactions that may be in the next block. Core may call it at any time while producing is on,
   * coalesced; the producer refreshes its template, or proposes at once if it makes blocks on demand.
   */
  transactionsWaiting?(): void;
  /** Of an engine with proof of work; absent otherwise. */
  readonly miner?: ProofOfWorkMiner;
}

/** What a producer by proof of work lets others do. */
export interface ProofOfWorkMiner {
  /** Attempts a second, measured lately; 0 while it rests. */
  readonly attemptsPerSecond: number;
  /** Undefined where its work comes from elsewhere. */
  readonly threads: number | undefined;
  /** At once, also while it mines. @throws a typed error where it has no threads */
  setThreads(count: number): void | Promise<void>;
  /** Current templates that were made for miners outside. */
  readonly templateCount: number;
  /** For miners outside the node. */
  readonly templates: MiningTemplates;
}

/** A gossip channel of the engine's own. */
export interface EngineChannel {
  readonly name: string;
  readonly maxMessageBytes: number;
}

export interface Consensus {
  readonly traits: ConsensusTraits;
  attach(host: ConsensusHost): void | Promise<void>;
  /** Fields of the genesis header that are the engine's. */
  genesis(spec: ChainSpec): { readonly extra: Bytes; readonly proposer: Address };
  /** Writes the engine's initial state, after the ledger's and before `attach`. `treasury`: as the host's. */
  genesisState?(writer: StateWriter, spec: ChainSpec, treasury: Treasury | undefined): void;

  /** Cheap checks by ancestors alone. @throws `InvalidHeaderError` or `NotYetError` (ports/errors.ts) */
  checkHeader(header: HeaderRecord, ancestors: Ancestors): void;
  /**
   * What seals of this header are judged by, or NEEDS_STATE while the parent is not executed. `view` is the parent's state
   * if there is one. May answer a promise (to `advance` a scratch writer into the header's epoch, or to look at the seal of a header
   * that would have to wait, so that only real work does). @throws `InvalidHeaderError` or `NotYetError`
   */
  contextFor(
    parent: TreeHeader,
    header: Header,
    view: StateView | undefined,
  ): ValidationContext | typeof NEEDS_STATE | Promise<ValidationContext | typeof NEEDS_STATE>;
  /** In batches, on compute; answers one verdict for each, in order (of a row: up to the first bad one at least). */
  verifySeals(
    batch: readonly { readonly record: HeaderRecord; readonly context: ValidationContext }[],
    options?: SealOptions,
  ): Promise<readonly SealVerdict[]>;
  /** Checks the payload without state (shape, size). Default: it must be empty. @throws `InvalidHeaderError` */
  checkPayload?(block: Block): void;
  /** Cumulative fork-choice weight of a header over its parent's. */
  weigh?(header: HeaderRecord, parentWeight: bigint): bigint;

  verifyCertificate?(record: HeaderRecord, certificate: Bytes, context: ValidationContext): Promise<SealVerdict>;
  certificateFor?(blockId: Hash): Bytes | undefined;

  /** Before the transactions. `env.timestampMs` may lie many slots after the parent's: `advance` inside. */
  begin?(writer: StateWriter, env: BlockEnvironment, slicer: Slicer): void | Promise<void>;
  /** After the transactions. */
  end?(writer: StateWriter, env: BlockEnvironment, receipts: readonly Receipt[], slicer: Slicer): void | Promise<void>;
  /** Moves state through empty slots and epochs up to `timeMs`, in one step or in many; works on scratch writers without a block. */
  advance?(writer: StateWriter, timeMs: number, slicer: Slicer): void | Promise<void>;

  /** A block has passed validation (see `traits.headers` for whether it is executed). */
  onBlock(block: TreeHeader): void | Promise<void>;
  /** Execution of a block that `onBlock` told of failed: it and its descendants are out. */
  onInvalid(blockId: Hash): void | Promise<void>;
  /**
   * Time goes on: called about every `tickMs` while the chain runs, never twice at a time, for fork choice and duties that
   * depend on it. Only with `clock: "slots"`.
   */
  onTick?(timeMs: number): void | Promise<void>;
  /** Between two ticks, ms (≥ 10). Default 1,000. */
  readonly tickMs?: number;
  readonly channels?: readonly EngineChannel[];
  onMessage?(channel: string, message: Bytes): MessageVerdict | Promise<MessageVerdict>;
  restore(tree: RestoredTree): void | Promise<void>;
  snapshot?(): Bytes;

  /**
   * Of an engine with stakes: what it holds for others in an account of the ledger, counted anew from its own records. Audits compare it with
   * that account's balance. Such an engine changes the supply by rewards and penalties.
   */
  holdings?(view: StateReader): { readonly account: Address; readonly amount: bigint };

  readonly producer?: Producer;
  /** Blocks after which a payment counts as confirmed, for API answers; 0 with instant finality. */
  readonly confirmations: number;
  /** For status: difficulty, epoch, participation … */
  status?(): Json;
  /** The engine's header fields for API and explorer. */
  describeHeader?(header: Header): Json;
}
