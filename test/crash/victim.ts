/** One run of the node: started, put under load, watched, killed at its point. */
import { existsSync, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SNAPSHOTS_FOLDER } from "../../core/snapshots/folder.js";
import { getJson, NodeProcess } from "../functional/node-process.js";
import type { Link } from "./link.js";
import type { KillPlan } from "./plan.js";
import { type CrashChain, type Promises, SENDERS, sender, transferOf } from "./world.js";

/** What the node did before it was killed. */
export interface Run {
  /** The signal that ended it, or the exit code of one that ended by itself. */
  readonly ended: "killed" | number | null;
  readonly recoveredMs: number | undefined;
  readonly stderr: string;
  /** What was found wrong while it ran. */
  readonly faults: readonly string[];
}

/** A node that says nothing for so long has hung. */
const READY_TIMEOUT_MS = 60_000;
/** A point that does not come (no file is made, no flush is due) is a kill at random. */
const POINT_TIMEOUT_MS = 2_500;
const TOGETHER_TIMEOUT_MS = 5_000;
/** What a kind is about is worth waiting for. */
const OWN_POINT_TIMEOUT_MS = 6_000;
/** Chunks that a snapshot of the kind with snapshots has, about. */
const FILES_OF_SNAPSHOT = 4;

async function post(api: string, raw: Uint8Array): Promise<{ readonly status: number; readonly id?: string }> {
  const response = await fetch(`${api}/v1/transactions`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: raw,
  });
  const body = (await response.json()) as { readonly id?: string };
  return { status: response.status, ...(body.id === undefined ? {} : { id: body.id }) };
}

/** Sends one sender's transfers in order until the node is gone. */
async function load(
  api: string,
  from: number,
  promises: Promises,
  onAccepted: () => void,
  isOver: () => boolean,
  restMs = 0,
): Promise<void> {
  while (!isOver()) {
    const nonce = promises.nextNonce[from] ?? 0;
    try {
      const { status, id } = await post(api, transferOf(from, nonce).raw);
      if (status === 202 && id !== undefined) {
        promises.accepted[from]?.set(nonce, id);
        promises.nextNonce[from] = nonce + 1;
        onAccepted();
        if (restMs > 0) await delay(restMs);
      } else await delay(20);
    } catch {
      // Killed while it answered: nothing was promised.
      await delay(5);
    }
  }
}

/** Every accepted transfer is pooled or included: the next nonce to use is not below what was accepted. */
async function checkNonces(api: string, promises: Promises, faults: string[]): Promise<void> {
  for (let from = 0; from < SENDERS; from++) {
    const next = promises.nextNonce[from] ?? 0;
    let known = -1;
    // While the head moves to another branch, what it hands back is in neither for a moment.
    for (let attempt = 0; attempt < 10 && known < next; attempt++) {
      if (attempt > 0) await delay(100);
      const account = (await getJson(`${api}/v1/accounts/${sender(from).text}`)) as { readonly pendingNonce: number };
      known = account.pendingNonce;
    }
    if (known < next) faults.push(`sender ${from}: ${next} transfers were accepted, the node knows of ${known}`);
    promises.nextNonce[from] = Math.max(next, known);
  }
}

/** Resolves when the node has caught up with the second miner and mines itself: who sees nobody from the start on waits with that. */
async function minesWithPeer(api: string, node: NodeProcess): Promise<void> {
  for (let isSynced = false; !isSynced; ) {
    await delay(20);
    const { sync } = (await getJson(`${api}/v1/peers`)) as { readonly sync: { readonly state: string } };
    isSynced = sync.state === "synced";
  }
  const seen = node.lines.length;
  await node.line((line) => line.type === "block" && node.lines.indexOf(line) >= seen);
}

/** Resolves when one more block is undone: the node, which was alone for a while, meets a longer branch. */
async function reorganized(node: NodeProcess): Promise<void> {
  const seen = node.lines.length;
  await node.line((line) => line.type === "undone" && node.lines.indexOf(line) >= seen);
}

/** Resolves when so many files of a snapshot that is being made are there; with none, when one more is whole. */
async function makingSnapshot(chain: CrashChain, files: number, isOver: () => boolean): Promise<void> {
  const root = join(chain.data, SNAPSHOTS_FOLDER);
  const before = new Set(await readdir(root).catch(() => []));
  while (!isOver()) {
    const names = await readdir(root).catch(() => []);
    const making = names.find((name) => name.startsWith("."));
    if (files === 0) {
      if (names.some((name) => !name.startsWith(".") && !before.has(name))) return;
      await delay(2);
      continue;
    }
    if (making !== undefined && (await readdir(join(root, making)).catch(() => [])).length >= files) return;
    await delay(2);
  }
}

async function within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
  const over = new AbortController();
  try {
    return await Promise.race([
      promise,
      delay(ms, undefined, { signal: over.signal }).then(() => Promise.reject(new Error(`${what} took more than ${ms} ms`))),
    ]);
  } finally {
    over.abort();
  }
}

/** Resolves at the plan's point. */
async function reach(
  plan: KillPlan,
  node: NodeProcess,
  chain: CrashChain,
  flushAfterBlocks: number,
  accepted: Promise<void>,
  isOver: () => boolean,
): Promise<void> {
  const seen = node.lines.length;
  const isNew = (line: object) => node.lines.indexOf(line as never) >= seen;
  switch (plan.point) {
    case "block":
      await node.line((line) => line.type === "block" && isNew(line));
      return;
    case "flush":
      await node.line((line) => line.type === "block" && isNew(line) && line.height % flushAfterBlocks === 0);
      return;
    case "accepted":
      return accepted;
    case "reorg":
      return reorganized(node);
    case "snapshot":
      return makingSnapshot(chain, Math.max(0, Math.floor((2 * plan.random() - 1) * FILES_OF_SNAPSHOT)), isOver);
    case "files": {
      const database = join(chain.data, "chain.level");
      if (!existsSync(database)) return;
      await new Promise<void>((resolve) => {
        const watcher = watch(database, (event) => {
          if (event !== "rename") return;
          watcher.close();
          resolve();
        });
        void node.exited.then(() => {
          watcher.close();
          resolve();
        });
      });
      return;
    }
    default:
      return;
  }
}

/** A node whose disk is full ends by itself; one that does not serves on without writing. */
const END_TIMEOUT_MS = 10_000;

/** Runs the node under load while its disk fills up, until it ends by itself. */
export async function runUntilFull(plan: KillPlan, chain: CrashChain, promises: Promises, fill: () => Promise<void>): Promise<Run> {
  const faults: string[] = [];
  const node = new NodeProcess(["start", "--config", chain.configFile]);
  let isOver = false;
  const told = promises.height;
  const api = await within(READY_TIMEOUT_MS, "coming up", node.api());
  const ready = node.lines.find((line) => line.type === "ready");
  if (ready !== undefined && ready.height < told) faults.push(`it came up at height ${ready.height}, block ${told} had been told`);
  await checkNonces(api, promises, faults);
  const loads = Array.from({ length: SENDERS }, (_, from) =>
    load(
      api,
      from,
      promises,
      () => undefined,
      () => isOver,
    ),
  );
  await delay(plan.loadMs);
  await fill();
  const over = new AbortController();
  const ended = await Promise.race([node.exited, delay(END_TIMEOUT_MS, "no" as const, { signal: over.signal }).catch(() => "no" as const)]);
  over.abort();
  isOver = true;
  if (ended === "no") await node.kill("SIGKILL");
  await Promise.all(loads);
  for (const line of node.lines) promises.note(line as never);
  return { ended: ended === "no" ? "killed" : ended, recoveredMs: undefined, stderr: node.stderr, faults };
}

export interface RunOptions {
  /** Called when the node is up. */
  readonly onReady?: () => void;
  /** Called when the node is up and gets its load. */
  readonly onLoad?: () => void;
  /** To the second miner: cut once the node mines, until the point is looked for. */
  readonly link?: Link | undefined;
  /** Between two transfers of a sender. */
  readonly restMs?: number;
}

/** Runs the node once, to its kill. */
export async function runOnce(
  plan: KillPlan,
  chain: CrashChain,
  flushAfterBlocks: number,
  promises: Promises,
  { onReady = () => undefined, onLoad = () => undefined, link, restMs = 0 }: RunOptions = {},
): Promise<Run> {
  const faults: string[] = [];
  const beganMs = performance.now();
  link?.mend();
  const node = new NodeProcess(["start", "--config", chain.configFile]);
  let isOver = false;
  let recoveredMs: number | undefined;
  let loads: Promise<void>[] = [];
  const finish = async (signal: NodeJS.Signals): Promise<number | null> => {
    const code = await node.kill(signal);
    isOver = true;
    await Promise.all(loads);
    for (const line of node.lines) promises.note(line as never);
    return code;
  };
  if (plan.point === "start") {
    await Promise.race([delay(plan.delayMs), node.exited]);
    const code = await finish("SIGKILL");
    return { ended: code === null ? "killed" : code, recoveredMs, stderr: node.stderr, faults };
  }
  try {
    const told = promises.height;
    const api = await within(READY_TIMEOUT_MS, "coming up", node.api());
    recoveredMs = performance.now() - beganMs;
    onReady();
    const ready = node.lines.find((line) => line.type === "ready");
    if (ready !== undefined && ready.height < told) faults.push(`it came up at height ${ready.height}, block ${told} had been told`);
    await checkNonces(api, promises, faults);
    let onAccepted: () => void = () => undefined;
    let isArmed = false;
    const accepted = new Promise<void>((resolve) => {
      onAccepted = () => {
        if (isArmed) resolve();
      };
    });
    loads = Array.from({ length: SENDERS }, (_, from) => load(api, from, promises, onAccepted, () => isOver, restMs));
    onLoad();
    if (link !== undefined) {
      await Promise.race([minesWithPeer(api, node), delay(TOGETHER_TIMEOUT_MS), node.exited]);
      link.cut();
    }
    await Promise.race([delay(plan.loadMs), node.exited]);
    isArmed = true;
    const timeoutMs = plan.point === "reorg" || plan.point === "snapshot" ? OWN_POINT_TIMEOUT_MS : POINT_TIMEOUT_MS;
    const reached = reach(plan, node, chain, flushAfterBlocks, accepted, () => isOver);
    link?.mend();
    await Promise.race([reached, delay(timeoutMs), node.exited]);
    if (plan.point === "stop") process.kill(node.pid ?? 0, "SIGTERM");
    if (plan.delayMs > 0) await Promise.race([delay(plan.delayMs), node.exited]);
  } catch (error) {
    faults.push(`while it ran: ${error instanceof Error ? error.message : String(error)}`);
  }
  const code = await finish("SIGKILL");
  return { ended: code === null ? "killed" : code, recoveredMs, stderr: node.stderr, faults };
}
