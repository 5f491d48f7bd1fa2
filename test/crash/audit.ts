/**
 * Whether a database holds everything that was promised, and nothing else: opened on a copy by the real node (without mining or
 * API), compared with the promises, with arithmetic, and with executing all blocks again in the plainest way.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { ChainwrightError } from "../../core/kernel/errors.js";
import { createNode } from "../../core/node/create-node.js";
import type { NodePart } from "../../core/node/node-part.js";
import { NODE_PART } from "../../core/node/node-part.js";
import {
  CHAIN_EVENTS,
  CHAIN_VIEW,
  type ChainEvents,
  type ChainView,
  LEDGER,
  type Ledger,
  MEMPOOL_VIEW,
  type MempoolView,
} from "../../core/ports/index.js";
import { bytesEqual } from "../../core/primitives/bytes.js";
import { Hash } from "../../core/primitives/hash.js";
import { modelRoot } from "../core/state/fixtures.js";
import { MemoryState, NEVER_DUE } from "../plugins/ledger-account/fixtures.js";
import { type Balances, type CrashChain, type Promises, sender } from "./world.js";

/** The state as far as it was executed again, so that the next audit goes on from there. */
export interface Verified {
  height: number;
  id: string;
  state: MemoryState;
}

export interface Finding {
  /** What is missing or wrong, though the node did not say so. */
  readonly losses: readonly string[];
  /** The typed error with which the node refused, at start or later. */
  readonly refused: { readonly code: string; readonly message: string; readonly when: "start" | "later" } | undefined;
  /** What the node said of damage in its log and went on without. */
  readonly warned: readonly string[];
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

const RECENT_EVENTS = 1_000;

/** @param copy a data directory that may be changed; removed by the caller */
export async function audit(
  chain: CrashChain,
  copy: string,
  promises: Promises,
  balances: Balances,
  verified: Verified | undefined,
): Promise<Finding> {
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
    await checkBlocks(views, promises, losses);
    await checkTransactions(views, promises, losses);
    checkBalances(views, balances, losses);
    await checkState(views, verified, losses);
    await readOn(views, node.get<NodePart>(NODE_PART));
    if (fatal !== undefined) throw fatal;
    return { losses, refused: undefined, warned };
  } catch (error) {
    if (!ChainwrightError.is(error)) throw error;
    // What failed to start a plugin counts, not that a plugin failed to start.
    const cause = ChainwrightError.is(error.cause) ? error.cause : error;
    return { losses: [], refused: { code: cause.code, message: cause.message, when: isUp ? "later" : "start" }, warned };
  } finally {
    await node.stop().catch(() => undefined);
  }
}

async function checkBlocks({ view, events }: Views, { blocks }: Promises, losses: string[]): Promise<void> {
  const replaced = [...blocks].filter(([height, hash]) => {
    const id = view.idAt(height);
    return id === undefined || Hash.key(id) !== hash;
  });
  if (replaced.length === 0) return;
  // The kill may have come between a change of branch and its being told.
  const recent = await events.read(Math.max(0, events.latest - RECENT_EVENTS), RECENT_EVENTS);
  const undone = new Set(recent.filter(({ type }) => type === "undone").map(({ blockId }) => Hash.key(blockId)));
  for (const [height, hash] of replaced) {
    if (!undone.has(hash)) losses.push(`block ${height}, ${hash}, was told, and is gone from the chain without being undone`);
    else if ((await view.block(Hash.parse(hash))) === undefined) losses.push(`block ${height}, ${hash}, was undone and is gone`);
  }
}

async function checkTransactions({ view, pool }: Views, { accepted }: Promises, losses: string[]): Promise<void> {
  for (const [from, ids] of accepted.entries())
    for (const [nonce, text] of ids) {
      const id = Hash.parse(text);
      if (pool.get(id) !== undefined) continue;
      const info = await view.transaction(id);
      if (info === undefined) losses.push(`transfer ${nonce} of sender ${from} was accepted and is gone`);
      else if (!info.receipt.ok) losses.push(`transfer ${nonce} of sender ${from} failed`);
    }
}

function checkBalances({ view }: Views, balances: Balances, losses: string[]): void {
  const state = view.state();
  if (state === undefined) {
    losses.push("the head has no state");
    return;
  }
  const accounts = Array.from(
    { length: 8 },
    (_, index) => view.describeAccount(sender(index).address, state) as { readonly nonce: number; readonly balance: string },
  );
  for (const [index, expected] of balances.of(accounts.map(({ nonce }) => nonce)).entries())
    if (accounts[index]?.balance !== String(expected))
      losses.push(`sender ${index} has ${accounts[index]?.balance}, its transfers come to ${expected}`);
}

/** Executes what is new since the last audit again, and compares the whole state with the node's. */
async function checkState({ view, ledger }: Views, verified: Verified | undefined, losses: string[]): Promise<void> {
  const { head } = view.status();
  const known = verified === undefined || verified.height < 0 ? undefined : view.idAt(verified.height);
  const goesOn = verified !== undefined && known !== undefined && Hash.key(known) === verified.id;
  const state = goesOn ? verified.state : new MemoryState();
  if (!goesOn) ledger.genesis(state, view.spec);
  for (let height = goesOn ? verified.height + 1 : 1; height <= head.header.height; height++) {
    const id = view.idAt(height);
    const block = id === undefined ? undefined : await view.block(id);
    if (id === undefined || block === undefined) {
      losses.push(`there is no canonical block at ${height}`);
      return;
    }
    const { header, transactions, payload } = block;
    const rules = view.spec.rulesAt(height);
    await ledger.execute(
      ledger.decodeBlock(transactions, rules),
      state,
      { ...header, rules, payload },
      { mode: "import", slicer: NEVER_DUE },
    );
  }
  const root = Hash.key(modelRoot(state.entries));
  if (root !== Hash.key(head.header.stateRoot))
    losses.push(`executing again from block ${goesOn ? verified.height : 0} comes to root ${root}`);
  const stored = view.state();
  if (stored !== undefined && Hash.key(stored.root) !== root)
    losses.push(`the state at the head has root ${Hash.key(stored.root)}, not ${root}`);
  for (const [name, value] of state.entries) {
    const found = stored?.get(new Uint8Array(Buffer.from(name, "latin1")));
    if (found === undefined || !bytesEqual(found, value))
      losses.push(`the state's value of ${Buffer.from(name, "latin1").toString("hex")} is wrong`);
  }
  if (verified === undefined || losses.length > 0) return;
  verified.height = head.header.height;
  verified.id = Hash.key(head.id);
  verified.state = state;
}

/** Reads every block and its receipts: what is damaged there must be noticed, too. */
async function readOn({ view }: Views, part: NodePart): Promise<void> {
  for (let height = 0; height <= view.status().head.header.height; height++) {
    const id = view.idAt(height);
    if (id === undefined) continue;
    await view.block(id);
    await view.receipts(id);
  }
  await part.chain.events.read(Math.max(0, part.chain.events.latest - 1_000), 1_000);
}
