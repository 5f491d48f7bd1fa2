/** Consensus conformance: production, execution, fork choice, restart. */
import { EMPTY_BYTES, fromHex } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import { type ConformanceCase, holds } from "../case.js";
import { mapBalanceOf, mapBalancesTotal, mapTreasury } from "../harness/services.js";
import { EMPTY_VIEW, type MapView, MapWriter, rootOf } from "../harness/state.js";
import type { MadeBlock } from "./blocks.js";
import type { EngineNode } from "./engine-node.js";
import { type ConsensusRun, headOf, importAll } from "./subject.js";

export const scheduled: readonly ConformanceCase<ConsensusRun>[] = [
  {
    name: "producer: switched on it makes blocks by itself, switched off it makes none; both twice are harmless",
    async run(run) {
      const node = await run.node();
      const { producer } = node.engine;
      holds(producer !== undefined, "an engine that makes blocks has a producer", "there is none; pass `supports: { producer: false }`");
      await producer.start();
      await producer.start();
      await node.untilMade(run.blockLimitMs, "a switched-on producer makes blocks by itself");
      await producer.stop();
      await producer.stop();
      const made = node.made.length;
      await node.time.pass(10 * run.blockTimeMs);
      holds(node.made.length === made, "after `stop` resolved the producer submits nothing more", `${node.made.length - made} more blocks`);
    },
  },
];

export const execution: readonly ConformanceCase<ConsensusRun>[] = [
  {
    name: "state: money is moved by the treasury alone, and what the engine holds for others is there, to the unit",
    async run(run) {
      const maker = await run.nodeWith(6);
      for (const { id } of [maker.genesis, ...maker.made.map(({ record }) => record)]) {
        const view = maker.view(id);
        if (view !== undefined) checkMoney(maker, view);
      }
    },
  },
  {
    name: "state: execution is the same whether it yields all the time or never",
    async run(run) {
      const maker = await run.nodeWith(3);
      const follower = await run.follower(maker, { slicing: "never" });
      await importAll(follower, maker.made, "`begin` and `end` write the same, however often the slicer makes them pause");
    },
  },
  {
    name: "state: executing a block twice over the same parent gives the same, and changes nothing else",
    async run(run) {
      const maker = await run.nodeWith(2);
      for (const { block, record } of maker.made) {
        const before = Hash.key(rootOf(maker.view(record.header.parent)?.entries ?? new Map()));
        const [first, again] = [await maker.execute(block), await maker.execute(block)];
        holds(
          Hash.key(first.root) === Hash.key(again.root),
          "execution is deterministic",
          `${Hash.key(first.root)}, then ${Hash.key(again.root)}`,
        );
        const after = Hash.key(rootOf(maker.view(record.header.parent)?.entries ?? new Map()));
        holds(
          before === after,
          "execution changes nothing but its writer (nor bytes that the state answered)",
          "the parent's state has changed",
        );
      }
    },
  },
  {
    name: "state: advancing in two steps is advancing in one, also on scratch writers without a block",
    async run(run) {
      const maker = await run.nodeWith(2);
      if (maker.engine.advance === undefined) return;
      const view = maker.view(maker.head.id) ?? EMPTY_VIEW;
      const fromMs = maker.head.header.timestampMs;
      for (const stepMs of [run.blockTimeMs, 20 * run.blockTimeMs, 1_000 * run.blockTimeMs]) {
        const [once, twice] = [new MapWriter(view), new MapWriter(view)];
        await maker.engine.advance(once, fromMs + 2 * stepMs, maker.time.slicer());
        await maker.engine.advance(twice, fromMs + stepMs, maker.time.slicer());
        await maker.engine.advance(twice, fromMs + 2 * stepMs, maker.time.slicer());
        const [a, b] = [Hash.key(rootOf(once.entries)), Hash.key(rootOf(twice.entries))];
        holds(a === b, "`advance` to t2 is `advance` to t1 and then to t2", `${a} and ${b} after 2 × ${stepMs} ms`);
      }
    },
  },
];

function checkMoney(node: EngineNode, view: MapView): void {
  const total = mapBalancesTotal(
    view,
    [...view.entries.keys()].map((key) => fromHex(key) ?? EMPTY_BYTES),
  );
  const supply = mapTreasury.supply(view);
  holds(
    total === supply,
    "an engine moves the ledger's money by the treasury alone",
    `the accounts have ${total}, the supply is ${supply}`,
  );
  const held = node.engine.holdings?.(view);
  if (held === undefined) return;
  const balance = mapBalanceOf(view, held.account);
  holds(
    held.amount === balance,
    "`holdings` is what lies in its account, after genesis and after every block",
    `${held.amount} by its records, ${balance} in the account`,
  );
}

/** Two branches from genesis: a short one, and a longer one made later by another node. */
interface Fork {
  readonly short: readonly MadeBlock[];
  readonly long: readonly MadeBlock[];
  /** When all of it lies in the past, ms after genesis. */
  readonly afterMs: number;
}

async function fork(run: ConsensusRun): Promise<Fork> {
  const first = await run.nodeWith(2, { seed: "short" });
  const second = await run.nodeWith(4, { seed: "long", startsAfterMs: elapsed(first) });
  const shared = new Set(first.made.map(({ record }) => Hash.key(record.id)));
  const apart = second.made.every(({ record }) => !shared.has(Hash.key(record.id)));
  holds(
    apart,
    "blocks made at other times are other blocks",
    "two nodes made the same block at different times; pass `supports: { forks: false }` if that is right",
  );
  return { short: first.made, long: second.made, afterMs: elapsed(second) };
}

function elapsed(node: EngineNode): number {
  return node.time.nowMs() - node.spec.genesisTimeMs;
}

/** Orders in which parents come before their children. */
function topologicalOrders({ short, long }: Fork): readonly (readonly MadeBlock[])[] {
  const alternating: MadeBlock[] = [];
  for (let i = 0; i < Math.max(short.length, long.length); i++) {
    const [a, b] = [short[i], long[i]];
    if (a !== undefined) alternating.push(a);
    if (b !== undefined) alternating.push(b);
  }
  return [[...short, ...long], [...long, ...short], alternating, [...long.slice(0, 2), ...short, ...long.slice(2)]];
}

export const forks: readonly ConformanceCase<ConsensusRun>[] = [
  {
    name: "choice: the head is the same in whatever order the blocks came",
    async run(run) {
      const branches = await fork(run);
      const heads = new Set<string>();
      for (const order of topologicalOrders(branches)) {
        const node = await run.node({ startsAfterMs: branches.afterMs });
        await importAll(node, order, "blocks of both branches are valid on every node");
        heads.add(headOf(node));
      }
      holds(heads.size === 1, "fork choice depends on the blocks, not on the order in which they came", [...heads].join(" and "));
    },
  },
  {
    name: "choice: an invalid block and its descendants are left at once",
    async run(run) {
      const branches = await fork(run);
      const node = await run.node({ startsAfterMs: branches.afterMs });
      for (const order of topologicalOrders(branches).slice(0, 1))
        await importAll(node, order, "blocks of both branches are valid on every node");
      for (let i = 0; i < 2; i++) {
        const { head } = node;
        if (Hash.key(head.id) === Hash.key(node.finalized.id)) return;
        await node.invalidate(head.id);
        holds(
          Hash.key(node.head.id) !== Hash.key(head.id),
          "after `onInvalid` the engine chooses a head that does not descend from that block",
          `the head is still ${headOf(node)}`,
        );
      }
    },
  },
];

export const equalBranches: readonly ConformanceCase<ConsensusRun>[] = [
  {
    name: "choice: of two equal branches every node takes the same",
    async run(run) {
      const { short, long, afterMs } = await fork(run);
      const heads = new Set<string>();
      for (const order of [
        [...short, ...long.slice(0, short.length)],
        [...long.slice(0, short.length), ...short],
      ]) {
        const node = await run.node({ startsAfterMs: afterMs });
        await importAll(node, order, "blocks of both branches are valid on every node");
        heads.add(headOf(node));
      }
      holds(
        heads.size === 1,
        "without a first-seen rule, ties are broken by the blocks alone (or pass `supports: { firstSeen: true }`)",
        [...heads].join(" and "),
      );
    },
  },
];

export const restarts: readonly ConformanceCase<ConsensusRun>[] = [
  {
    name: "restart: after a clean stop the head is the same, and the next block is taken",
    async run(run) {
      const node = await run.nodeWith(3);
      const [head, finalized] = [headOf(node), node.finalized.header.height];
      const again = await run.restart(node, "clean");
      holds(headOf(again) === head, "restore ∘ snapshot gives the same head", `${head} before, ${headOf(again)} after`);
      holds(
        again.finalized.header.height >= finalized,
        "finality never moves back, over a restart neither",
        `${finalized} to ${again.finalized.header.height}`,
      );
      // Not a height: an engine that proposes by the clock may have made more blocks than were asked for.
      const { id, header } = again.head;
      const [next] = await run.extend(again, 1);
      holds(
        next !== undefined && Hash.key(next.record.header.parent) === Hash.key(id),
        "a restarted engine goes on where it was",
        `its next block has height ${next?.record.header.height}, the head had ${header.height}`,
      );
    },
  },
  {
    name: "restart: after a crash, without a snapshot, the chain goes on",
    async run(run) {
      const node = await run.nodeWith(3);
      const [head, finalized] = [headOf(node), node.finalized.header.height];
      const again = await run.restart(node, "crash");
      // Votes of others may be lost with the snapshot; blocks are not.
      if (again.engine.traits.finality !== "gadget") {
        holds(
          headOf(again) === head,
          "the head follows from the stored blocks alone, also after a crash",
          `${head} before, ${headOf(again)} after`,
        );
      }
      holds(
        again.finalized.header.height >= finalized,
        "finality never moves back, over a crash neither",
        `${finalized} to ${again.finalized.header.height}`,
      );
      const finalizedAgain = again.finalized.header.height;
      const [next] = await run.extend(again, 1);
      const law = "engine data follows from state and headers, so a node that has these can go on";
      holds(next !== undefined && next.record.header.height > finalizedAgain, law, "it made no block on top of what is final");
    },
  },
  {
    name: "restart: a node that took all blocks from others is as good as the one that made them",
    async run(run) {
      const maker = await run.nodeWith(3);
      const follower = await run.follower(maker);
      await importAll(follower, maker.made, "what the producer made, every node accepts");
      const again = await run.restart(follower, "clean");
      const [next] = await run.extend(again, 1);
      const verdict = next === undefined ? undefined : await maker.import(next.block, next.certificate);
      const taken = verdict?.status === "imported" || verdict?.status === "known" || verdict?.status === "not-yet";
      holds(taken, "what any node with the right keys makes, every other node takes", `${verdict?.status}`);
    },
  },
];
