/**
 * Whether a database holds everything that was promised, and nothing else: opened on a copy by the real node (without mining or
 * API), compared with the promises, with arithmetic, and with executing all blocks again in the plainest way.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { EventsPrunedError } from "../../core/chain/errors.js";
import { ChainwrightError } from "../../core/kernel/errors.js";
import { createNode } from "../../core/node/create-node.js";
import type { NodePart } from "../../core/node/node-part.js";
import { NODE_PART } from "../../core/node/node-part.js";
import {
  CHAIN_EVENTS,
  CHAIN_VIEW,
  type ChainEvent,
  type ChainEvents,
  type ChainView,
  LEDGER,
  type Ledger,
  MEMPOOL_VIEW,
  type MempoolView,
} from "../../core/ports/index.js";
import type { Block } from "../../core/primitives/block.js";
import { headerRecord } from "../../core/primitives/block-codec.js";
import { bytesEqual } from "../../core/primitives/bytes.js";
import { Hash } from "../../core/primitives/hash.js";
import { modelRoot } from "../core/state/fixtures.js";
import { MemoryState, NEVER_DUE } from "../plugins/ledger-account/fixtures.js";
import { type Balances, type CrashChain, type Promises, SENDERS, sender } from "./world.js";

/** The state after a block. */
interface Mark {
  readonly height: number;
  readonly id: string;
  readonly state: MemoryState;
}

const MARKS = 6;

/**
 * What earlier audits have found to be right, so that the next one goes on from there. Blocks are kept: a node that prunes does not
 * have them any more when the chain is executed from genesis.
 */
export class Verified {
  /** It is about another database, which may have begun with a state in the middle and know nothing of what was before. */
  isAside = false;
  /** Newest first: where the head moved to another branch since, one that is older is gone on from. */
  marks: readonly Mark[] = [];
  readonly blocks: Block[] = [];
  /** For each sender: transfers below this nonce are in blocks that were final; and the heights of those. */
  readonly settled: number[] = Array.from({ length: SENDERS }, () => 0);
  readonly heights: number[][] = Array.from({ length: SENDERS }, () => []);
  /** What was final at the last audit: transfers that are not settled were in later blocks, or in none yet. */
  finalHeight = 0;

  /** -1: nothing was looked at. */
  get height(): number {
    return this.marks[0]?.height ?? -1;
  }

  /** Of the canonical block at a height, as the last audit found it. */
  idAt(height: number): string | undefined {
    const block = this.blocks[height];
    return block === undefined ? undefined : Hash.key(headerRecord(block.header).id);
  }

  /** For a look at another database of the same chain: what is found there leaves this as it is. */
  copy(): Verified {
    const copy = new Verified();
    copy.isAside = true;
    copy.marks = this.marks;
    copy.blocks.push(...this.blocks);
    copy.finalHeight = this.finalHeight;
    for (let from = 0; from < SENDERS; from++) {
      copy.settled[from] = this.settled[from] ?? 0;
      copy.heights[from] = [...(this.heights[from] ?? [])];
    }
    return copy;
  }
}

/**
 * How much is looked at.
 *
 * - `new`: what has come since the last audit; ids and balances of all
 * - `all`: every record that is there: for copies that were damaged
 * - `genesis`: every record, and every block executed again from the first one
 */
export type AuditDepth = "new" | "all" | "genesis";

export interface Finding {
  /** What is missing or wrong, though the node did not say so. */
  readonly losses: readonly string[];
  /** The typed error with which the node refused, at start or later. */
  readonly refused: { readonly code: string; readonly message: string; readonly when: "start" | "later" } | undefined;
  /** What the node said of damage in its log and went on without. */
  readonly warned: readonly string[];
  /** Bodies of blocks below this height had been pruned. */
  readonly bodiesFrom: number;
  /** The head's; -1 if it refused. */
  readonly height: number;
}

export async function copyData(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  // A node that was killed before it made its directory leaves nothing, and has promised nothing.
  if (existsSync(from)) await cp(from, to, { recursive: true });
  await rm(`${to}/lock`, { recursive: true, force: true });
}

interface Views {
  readonly view: ChainView;
  readonly pool: MempoolView;
  readonly ledger: Ledger;
  readonly events: ChainEvents;
}

export interface Expected {
  readonly promises: Promises;
  readonly balances: Balances;
  readonly verified: Verified;
}

/** Where in the past an archive is asked. */
const PAST_SHARES = [0, 0.13, 0.5, 0.77, 0.99];
const RECENT_EVENTS = 1_000;
/** Settled transfers that are looked up all the same, however much is looked at. */
const SETTLED_SAMPLES = 100;

/** @param copy a data directory that may be changed; removed by the caller */
export async function audit(chain: CrashChain, copy: string, expected: Expected, depth: AuditDepth): Promise<Finding> {
  const losses: string[] = [];
  const warned: string[] = [];
  let isUp = false;
  let fatal: unknown;
  const log = {
    write: (line: string) => {
      if (/damaged/.test(line)) warned.push(line.trim());
      return true;
    },
  };
  const node = await createNode({ file: await chain.auditFile(copy), logStream: log, onFatal: (error) => (fatal = error) });
  try {
    await node.start();
    isUp = true;
    const views: Views = {
      view: node.get(CHAIN_VIEW),
      pool: node.get(MEMPOOL_VIEW),
      ledger: node.get(LEDGER),
      events: node.get(CHAIN_EVENTS),
    };
    await checkBlocks(views, expected, losses);
    await checkTransactions(views, expected, depth, losses);
    checkBalances(views, expected, losses);
    if (chain.pruning() === "archive") await checkPast(views, expected, losses);
    if (depth !== "new") await readAll(views, node.get<NodePart>(NODE_PART));
    await checkState(views, expected.verified, depth, losses);
    if (fatal !== undefined) throw fatal;
    const { bodiesFrom, head } = views.view.status();
    return { losses, refused: undefined, warned, bodiesFrom, height: head.header.height };
  } catch (error) {
    if (!ChainwrightError.is(error)) throw error;
    // What failed to start a plugin counts, not that a plugin failed to start.
    const cause = ChainwrightError.is(error.cause) ? error.cause : error;
    const refused = { code: cause.code, message: cause.message, when: isUp ? "later" : "start" } as const;
    return { losses: [], refused, warned, bodiesFrom: 0, height: -1 };
  } finally {
    await node.stop().catch(() => undefined);
  }
}

/** The newest events. A rewind below the undo horizon begins a new log above the old one: then there are fewer. */
async function recentOf(events: ChainEvents): Promise<readonly ChainEvent[]> {
  const { latest } = events;
  try {
    return await events.read(Math.max(0, latest - RECENT_EVENTS), RECENT_EVENTS);
  } catch (error) {
    if (!EventsPrunedError.matches(error)) throw error;
    return events.read(Math.min(latest, error.data.oldest - 1), RECENT_EVENTS);
  }
}

async function checkBlocks({ view, events }: Views, { promises }: Expected, losses: string[]): Promise<void> {
  const replaced = [...promises.blocks].filter(([height, hash]) => {
    const id = view.idAt(height);
    return id === undefined || Hash.key(id) !== hash;
  });
  if (replaced.length === 0) return;
  // The kill may have come between a change of branch and its being told.
  const recent = await recentOf(events);
  const undone = new Set(recent.filter(({ type }) => type === "undone").map(({ blockId }) => Hash.key(blockId)));
  for (const [height, hash] of replaced) {
    if (!undone.has(hash)) losses.push(`block ${height}, ${hash}, was told, and is gone from the chain without being undone`);
    else if ((await view.block(Hash.parse(hash))) === undefined) losses.push(`block ${height}, ${hash}, was undone and is gone`);
    // Known from now on: its event will be far below the newest ones some kills later.
    else if (promises.blocks.get(height) === hash) promises.blocks.delete(height);
  }
}

async function checkTransactions({ view, pool }: Views, expected: Expected, depth: AuditDepth, losses: string[]): Promise<void> {
  const { promises, verified } = expected;
  const { finalized, bodiesFrom: keptFrom } = view.status();
  const finalHeight = finalized.header.height;
  // More blocks since the last audit than a node that prunes keeps: those of some transfers have come and gone unseen. Then the account says
  // that it was executed, since a nonce stands for one transfer alone; what it did is in the balances.
  const wentUnseen = !verified.isAside && keptFrom > verified.finalHeight + 1;
  const state = wentUnseen ? view.state() : undefined;
  for (const [from, ids] of promises.accepted.entries()) {
    const settled = verified.settled[from] ?? 0;
    const sampleEvery = depth === "genesis" ? 1 : Math.ceil((SENDERS * settled) / SETTLED_SAMPLES);
    const executed = state === undefined ? 0 : (view.describeAccount(sender(from).address, state) as { readonly nonce: number }).nonce;
    let isSettledSoFar = true;
    for (const [nonce, text] of ids) {
      if (nonce < settled && nonce % sampleEvery !== 0) continue;
      // A node that prunes forgets where it was.
      if (nonce < settled && (verified.heights[from]?.[nonce] ?? 0) < keptFrom) continue;
      const id = Hash.parse(text);
      if (pool.get(id) !== undefined) {
        isSettledSoFar = false;
        continue;
      }
      const info = await view.transaction(id);
      if (info === undefined && nonce < executed) {
        if (!isSettledSoFar || depth === "all") continue;
        verified.settled[from] = Math.max(settled, nonce + 1);
        (verified.heights[from] ?? [])[nonce] = keptFrom - 1;
        continue;
      }
      if (info === undefined) losses.push(`transfer ${nonce} of sender ${from} was accepted and is gone`);
      else if (!info.receipt.ok) losses.push(`transfer ${nonce} of sender ${from} failed`);
      isSettledSoFar &&= info !== undefined && info.height <= finalHeight;
      if (!isSettledSoFar || depth === "all" || info === undefined) continue;
      verified.settled[from] = Math.max(settled, nonce + 1);
      (verified.heights[from] ?? [])[nonce] = info.height;
    }
  }
  if (depth !== "all") verified.finalHeight = finalHeight;
}

function checkBalances({ view }: Views, { balances }: Expected, losses: string[]): void {
  const state = view.state();
  if (state === undefined) {
    losses.push("the head has no state");
    return;
  }
  const accounts = Array.from(
    { length: SENDERS },
    (_, index) => view.describeAccount(sender(index).address, state) as { readonly nonce: number; readonly balance: string },
  );
  for (const [index, expected] of balances.of(accounts.map(({ nonce }) => nonce)).entries())
    if (accounts[index]?.balance !== String(expected))
      losses.push(`sender ${index} has ${accounts[index]?.balance}, its transfers come to ${expected}`);
}

/** Of old states, some at random heights: at each, the balances are what the transfers up to there come to. */
async function checkPast({ view }: Views, { balances }: Expected, losses: string[]): Promise<void> {
  const { statesFrom, head } = view.status();
  const heights = head.header.height - statesFrom;
  for (const share of PAST_SHARES) {
    const height = statesFrom + Math.floor(heights * share);
    const id = view.idAt(height);
    const state = id === undefined ? undefined : view.state(id);
    if (state === undefined) {
      losses.push(`the archive has no state at height ${height}, though it says that it has them from ${statesFrom} on`);
      continue;
    }
    const addresses = Array.from({ length: SENDERS }, (_, index) => sender(index).address);
    await state.prefetch(addresses.flatMap((address) => view.accountKeys(address)));
    const accounts = addresses.map(
      (address) => view.describeAccount(address, state) as { readonly nonce: number; readonly balance: string },
    );
    const expected = balances.of(accounts.map(({ nonce }) => nonce));
    if (accounts.some(({ balance }, index) => balance !== String(expected[index])))
      losses.push(`the archive's balances at height ${height} are not what the transfers up to there come to`);
  }
}

/** Executes what is new since the last audit (or everything) again, and compares the whole state with the node's. */
async function checkState({ view, ledger }: Views, verified: Verified, depth: AuditDepth, losses: string[]): Promise<void> {
  const { head } = view.status();
  const isCanonical = ({ height, id }: Mark) => {
    const known = height > head.header.height ? undefined : view.idAt(height);
    return known !== undefined && Hash.key(known) === id;
  };
  const mark = depth === "genesis" ? undefined : verified.marks.find(isCanonical);
  // A copy, which keeps no way back.
  const state = mark?.state.copy() ?? new MemoryState();
  const from = (mark?.height ?? 0) + 1;
  if (mark === undefined) ledger.genesis(state, view.spec);
  const blocks: Block[] = [];
  for (let height = from; height <= head.header.height; height++) {
    const id = view.idAt(height);
    const block = id === undefined ? blockBefore(view, height, verified) : await storedBlock(view, id, height, verified);
    if (block === undefined) {
      losses.push(`there is no canonical block at ${height}`);
      return;
    }
    blocks[height] = block;
    await execute(ledger, view, block, state);
  }
  const root = Hash.key(modelRoot(state.entries));
  if (root !== Hash.key(head.header.stateRoot)) losses.push(`executing again from block ${from - 1} comes to root ${root}`);
  const stored = view.state();
  if (stored !== undefined && Hash.key(stored.root) !== root)
    losses.push(`the state at the head has root ${Hash.key(stored.root)}, not ${root}`);
  for (const [name, value] of state.entries) {
    const found = stored?.get(new Uint8Array(Buffer.from(name, "latin1")));
    if (found === undefined || !bytesEqual(found, value))
      losses.push(`the state's value of ${Buffer.from(name, "latin1").toString("hex")} is wrong`);
  }
  if (depth === "all" || losses.length > 0) return;
  for (const [height, block] of blocks.entries()) if (block !== undefined) verified.blocks[height] = block;
  verified.blocks.length = head.header.height + 1;
  verified.marks = [{ height: head.header.height, id: Hash.key(head.id), state }, ...verified.marks].slice(0, MARKS);
}

/** From the node; where that has pruned it, as it was read before. */
async function storedBlock(view: ChainView, id: Hash, height: number, verified: Verified): Promise<Block | undefined> {
  const stored = await view.block(id);
  if (stored !== undefined || height >= view.status().bodiesFrom) return stored;
  return verified.blocks[height];
}

/** Of a chain that begins above it. That it is the right one shows in the root that all come to. */
function blockBefore(view: ChainView, height: number, { isAside, blocks }: Verified): Block | undefined {
  return isAside && height < view.status().bodiesFrom ? blocks[height] : undefined;
}

async function execute(ledger: Ledger, view: ChainView, { header, transactions, payload }: Block, state: MemoryState): Promise<void> {
  const rules = view.spec.rulesAt(header.height);
  const batch = ledger.decodeBlock(transactions, rules);
  await ledger.execute(batch, state, { ...header, rules, payload }, { mode: "import", slicer: NEVER_DUE });
}

/** Reads every block, its receipts and the events: what is damaged there must be noticed, too. */
async function readAll({ view }: Views, part: NodePart): Promise<void> {
  const { bodiesFrom, head } = view.status();
  for (let height = bodiesFrom; height <= head.header.height; height++) {
    const id = view.idAt(height);
    if (id === undefined) continue;
    await view.block(id);
    await view.receipts(id);
  }
  await recentOf(part.chain.events);
}
