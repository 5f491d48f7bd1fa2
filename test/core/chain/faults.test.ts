/** Chain, state and mempool over a storage that fails: at every write, every way; afterwards nothing that was promised is missing. */
import t, { type Test } from "tap";
import { ChainwrightError } from "../../../core/kernel/errors.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import { type CrashKind, FaultStorage, type StorageFaults } from "../../fixtures/fault-storage.js";
import { BlockMaker, key, type MadeBlock, replay, rootOf, seeded, TestNode, transfer, worded } from "./harness.js";
import { ScriptedEngine, type ScriptedOptions } from "./scripted-engine.js";

type Step = { readonly import: MadeBlock } | { readonly submit: Bytes; readonly from: number; readonly nonce: number };

/** What users were told. */
interface Promised {
  readonly blocks: MadeBlock[];
  readonly transfers: { readonly id: Hash; readonly from: number; readonly nonce: number }[];
  finalizedHeight: number;
}

interface Setting {
  readonly name: string;
  readonly engine: ScriptedOptions;
  readonly options: object;
}

const SETTINGS: readonly Setting[] = [
  { name: "flushes now and then", engine: {}, options: { flushAfterBlocks: 2, flushAfterMs: 1e9 } },
  {
    name: "state first, finality trails",
    engine: { headers: "state", finalAtDepth: 3 },
    options: { flushAfterBlocks: 3, flushAfterMs: 1e9 },
  },
  { name: "every block flushed", engine: { finalAtDepth: 1_000 }, options: { flushAfterBlocks: 1 } },
];

const KINDS: readonly CrashKind[] = ["kill", "power-drop", "power-tear"];
const kindAt = (cutAt: number): CrashKind => KINDS[cutAt % KINDS.length] ?? "kill";

/** Transfers that are pooled and then included, on a trunk, on a heavier branch, and on the trunk again. */
async function scriptOf(): Promise<Step[]> {
  const maker = await BlockMaker.start();
  const trunk = await maker.row(maker.genesis, 3, (index) => ({ transactions: [transfer(0, index, 1)] }));
  const branch = await maker.row(trunk[0] as MadeBlock, 2, (index) => ({
    salt: 1,
    weight: 2,
    transactions: [transfer(0, index + 1, 2, 55n, 2_000n), ...(index === 0 ? [transfer(2, 0, 3)] : [])],
  }));
  const onward = await maker.row(trunk[2] as MadeBlock, 4, (index) => ({ weight: 3, transactions: [transfer(1, index, 3)] }));
  const submits = [
    [0, 0, 1],
    [0, 1, 1],
    [1, 0, 3],
    [2, 0, 3],
    [3, 0, 1],
    [3, 1, 1],
  ] as const;
  const steps: Step[] = [];
  for (const [index, block] of [...trunk, ...branch, ...onward].entries()) {
    const [from, nonce, to] = submits[index] ?? [];
    if (from !== undefined && nonce !== undefined && to !== undefined) steps.push({ submit: transfer(from, nonce, to), from, nonce });
    steps.push({ import: block });
  }
  return steps;
}

function nodeOver(storage: FaultStorage, { engine, options }: Setting): TestNode {
  return new TestNode({ engine: () => new ScriptedEngine(engine), options, mempool: true }, storage);
}

/** Runs the script until its end, or until the process is dead. Errors reach the user, who was promised nothing then. */
async function run(node: TestNode, steps: readonly Step[], promised: Promised): Promise<"done" | "cut"> {
  const raced = async <Value>(work: Promise<Value>): Promise<Value | "cut" | { readonly thrown: unknown }> =>
    Promise.race([
      work.catch((thrown: unknown) => {
        // Whatever a fault of the device comes to, it is never an untyped crash of an invariant.
        if (thrown instanceof Error && thrown.name === "AssertionError") throw thrown;
        return { thrown };
      }),
      node.storage.cut,
    ]);
  const started = await raced(node.start());
  if (started === "cut") return "cut";
  if (typeof started === "object" && "thrown" in started) return "done";
  for (const step of steps) {
    if ("import" in step) {
      const verdict = await raced(node.chain.import(step.import.block));
      if (verdict === "cut") return "cut";
      if ("thrown" in verdict) continue;
      if (verdict.status === "imported" || verdict.status === "known") promised.blocks.push(step.import);
      promised.finalizedHeight = node.chain.finalized.header.height;
    } else if ("submit" in step) {
      const answer = await raced(node.mempool.submit(step.submit));
      if (answer === "cut") return "cut";
      if ("id" in answer) promised.transfers.push({ id: answer.id, from: step.from, nonce: step.nonce });
    }
  }
  return "done";
}

/** What is missing or wrong; empty if all is well. */
async function missing(node: TestNode, promised: Promised): Promise<string[]> {
  const faults: string[] = [];
  for (const { block, record } of promised.blocks) {
    const verdict = worded(await node.chain.import(block));
    if (verdict !== "known") faults.push(`block ${record.header.height} is ${verdict}`);
  }
  for (const { id, from, nonce } of promised.transfers) {
    if (node.mempool.get(id) !== undefined || (await node.reader.transaction(id)) !== undefined) continue;
    // On the branch, another transfer of the sender took its nonce: the sender's own doing, and no loss.
    const account = node.ledger.describeAccount(key(from).address, node.view()) as { readonly nonce: number };
    if (account.nonce <= nonce) faults.push(`transfer ${nonce} of sender ${from} is gone`);
  }
  if (node.chain.finalized.header.height < promised.finalizedHeight) faults.push("finality moved back");
  return [...faults, ...(await inconsistent(node))];
}

/** What does not fit together, whatever was promised. */
async function inconsistent(node: TestNode): Promise<string[]> {
  const faults: string[] = [];
  const canonical = await node.canonical();
  const replayed = await replay(canonical);
  if (Hash.key(node.view().root) !== rootOf(replayed)) faults.push("the state's root is not that of executing again from genesis");
  for (const [name, value] of replayed.entries) {
    const stored = node.view().get(new Uint8Array(Buffer.from(name, "latin1")));
    if (stored === undefined || Buffer.compare(stored, value) !== 0) faults.push("a value of the state is wrong");
  }
  const events = await node.events();
  if (events.some(({ sequence }, index) => sequence !== index + 1)) faults.push("events are missing");
  for (const fatal of node.fatals) faults.push(`fatal: ${fatal}`);
  return faults;
}

const NOTHING = (): Promised => ({ blocks: [], transfers: [], finalizedHeight: 0 });

/** Starts over what a crash left; answers the typed error where it refuses. */
async function reopen(t: Test, storage: FaultStorage, setting: Setting, name: string): Promise<TestNode | ChainwrightError> {
  const node = nodeOver(storage, setting);
  try {
    return await node.start();
  } catch (error) {
    if (ChainwrightError.is(error)) return error;
    t.fail(`${name}: an untyped error`, { error });
    throw error;
  }
}

/** Writes that a run of the script takes. */
async function writesOf(setting: Setting, steps: readonly Step[]): Promise<FaultStorage> {
  const storage = await FaultStorage.make();
  await run(nodeOver(storage, setting), steps, NOTHING());
  return storage;
}

t.test("a kill or a power loss at every write loses nothing that was promised", async (t) => {
  const steps = await scriptOf();
  for (const setting of SETTINGS) {
    const { logged } = await writesOf(setting, steps);
    for (let cutAt = 0; cutAt <= logged; cutAt++)
      for (const kind of setting === SETTINGS[0] ? KINDS : [kindAt(cutAt)]) {
        const name = `${setting.name}, ${kind} at write ${cutAt}`;
        const storage = await FaultStorage.make({ cutAt });
        const promised = NOTHING();
        await run(nodeOver(storage, setting), steps, promised);
        const random = seeded(name);
        // The next process dies, too, on its way up or a little later.
        const second = await storage.afterCrash(kind, random, { cutAt: Math.floor(random() * 4) });
        await run(nodeOver(second, setting), steps.slice(cutAt % 5), promised);
        const node = await reopen(t, await second.afterCrash(kind, random), setting, name);
        if (node instanceof TestNode) t.strictSame(await missing(node, promised), [], name);
        else t.fail(`${name}: refused, ${node.message}`);
      }
  }
});

t.test("background: after a power loss it is as it was some writes ago, and goes on", async (t) => {
  const steps = await scriptOf();
  for (const setting of SETTINGS) {
    const { logged } = await writesOf(setting, steps);
    for (let cutAt = 0; cutAt <= logged; cutAt++) {
      const kind = kindAt(cutAt);
      const name = `${setting.name}, ${kind} at write ${cutAt}`;
      const storage = await FaultStorage.make({ cutAt, syncPolicy: "background", syncEvery: 4 });
      const promised = NOTHING();
      await run(nodeOver(storage, setting), steps, promised);
      const node = await reopen(t, await storage.afterCrash(kind, seeded(name)), setting, name);
      if (!(node instanceof TestNode)) {
        t.fail(`${name}: refused, ${node.message}`);
        continue;
      }
      t.strictSame(kind === "kill" ? await missing(node, promised) : await inconsistent(node), [], name);
      await importAgain(node, steps);
      t.strictSame(await inconsistent(node), [], `${name}, and onward`);
      t.equal(node.head, Hash.key((steps.at(-1) as { readonly import: MadeBlock }).import.id));
    }
  }
});

/** The script once more on a node that runs. */
async function importAgain(node: TestNode, steps: readonly Step[]): Promise<void> {
  for (const step of steps) if ("import" in step) await node.chain.import(step.import.block);
}

/** What nothing else refers to: noticed by the storage alone, whose law it is. */
const ALONE = /^(transfer \d of sender \d is gone|block \d is (imported|invalid BLOCK_BELOW_FINALITY))$/;

t.test("a write that vanished from among others is noticed, but for blocks off the chain and pooled transfers", async (t) => {
  const steps = await scriptOf();
  let noticed = 0;
  for (const setting of SETTINGS) {
    const { logged } = await writesOf(setting, steps);
    for (let lost = 0; lost < logged - 1; lost++) {
      const storage = await FaultStorage.make();
      const promised = NOTHING();
      await run(nodeOver(storage, setting), steps, promised);
      const name = `${setting.name}, write ${lost} of ${logged} lost`;
      const node = await reopen(t, await storage.afterCrash("lost-middle", () => lost / (logged - 1)), setting, name);
      if (!(node instanceof TestNode)) {
        noticed++;
        t.match(node.message, /restore|sync again/, name);
        continue;
      }
      t.strictSame(await inconsistent(node), [], name);
      t.strictSame(
        (await missing(node, promised)).filter((fault) => !ALONE.test(fault)),
        [],
        name,
      );
    }
  }
  t.ok(noticed > 30, `${noticed} were noticed`);
});

t.test("an I/O error at every operation: the user hears of it, and a restart has all that was promised", async (t) => {
  const steps = await scriptOf();
  for (const setting of SETTINGS) {
    const { operations } = await writesOf(setting, steps);
    for (let failAt = 0; failAt < operations; failAt += 7) {
      const failsLate = failAt % 2 === 1;
      const name = `${setting.name}, operation ${failAt} fails${failsLate ? " late" : ""}`;
      await survives(t, { failAt, failsLate }, setting, steps, "power-drop", name);
    }
  }
});

t.test("a disk that is full from some byte on: nothing promised is missing once there is room again", async (t) => {
  const steps = await scriptOf();
  for (const setting of SETTINGS) {
    const { bytes } = await writesOf(setting, steps);
    for (let fullAtBytes = 0; fullAtBytes < bytes; fullAtBytes += Math.ceil(bytes / 12))
      await survives(t, { fullAtBytes }, setting, steps, "power-drop", `${setting.name}, full at ${fullAtBytes} of ${bytes} bytes`);
  }
});

async function survives(t: Test, faults: StorageFaults, setting: Setting, steps: readonly Step[], kind: CrashKind, name: string) {
  const storage = await FaultStorage.make(faults);
  const promised = NOTHING();
  const node = nodeOver(storage, setting);
  await run(node, steps, promised);
  const again = await reopen(t, await storage.afterCrash(kind, seeded(name)), setting, name);
  if (again instanceof TestNode) t.strictSame(await missing(again, promised), [], name);
  else t.fail(`${name}: refused, ${again.message}`);
}

t.test("a slow storage changes nothing but time", async (t) => {
  const steps = await scriptOf();
  for (const setting of SETTINGS) {
    const storage = await FaultStorage.make({ turns: 3 });
    const promised = NOTHING();
    const node = nodeOver(storage, setting);
    await run(node, steps, promised);
    t.strictSame(await missing(node, promised), [], setting.name);
    t.equal(promised.blocks.length, steps.filter((step) => "import" in step).length);
    t.strictSame(node.fatals, []);
  }
});
