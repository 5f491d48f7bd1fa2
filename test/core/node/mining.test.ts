/** The node's miner: templates only while the node knows the chain, and warnings that say what to do. */
import t from "tap";
import { NodeMining, type NodeMiningParts } from "../../../core/node/mining.js";
import { BRANCH_REFUSED, refusedBranchWarning } from "../../../core/node/warnings.js";
import type { ProofOfWorkMiner } from "../../../core/ports/consensus.js";
import type { MiningTemplates } from "../../../core/ports/mining.js";
import { Hash } from "../../../core/primitives/hash.js";

const calls: unknown[] = [];
const templates = {
  make: async (address: unknown) => void calls.push(["make", address]),
  standing: (id: string) => void calls.push(["standing", id]),
  submit: async (id: string) => void calls.push(["submit", id]),
} as unknown as MiningTemplates;
const miner: ProofOfWorkMiner = {
  attemptsPerSecond: 7,
  threads: 2,
  setThreads: (count) => void calls.push(["threads", count]),
  templateCount: 3,
  templates,
};

t.test("templates are made only where blocks can be built; what is sealed comes in whatever happens", async (t) => {
  let obstacle: string | undefined = "its chain is starting";
  const production = { isWanted: true, isRunning: false, isBehind: true };
  const parts: NodeMiningParts = { miner, production, obstacle: () => obstacle };
  const mining = new NodeMining(parts);
  t.same(mining.status, { wanted: true, running: false, threads: 2, attemptsPerSecond: 7, templates: 3 });
  await t.rejects(mining.templates.make(), { code: "NODE_CANNOT_PRODUCE", message: /its chain is starting/ });
  obstacle = undefined;
  await t.rejects(mining.templates.make(), { code: "NODE_CANNOT_PRODUCE", message: /far behind its peers/ });
  t.same(calls, []);
  await mining.templates.submit("a", new Uint8Array(8));
  mining.templates.standing("b");
  production.isBehind = false;
  await mining.templates.make();
  await mining.setThreads(4);
  t.same(calls, [
    ["submit", "a"],
    ["standing", "b"],
    ["make", undefined],
    ["threads", 4],
  ]);
});

t.test("a refused branch: a stable code, where the chains part, and the command that leads over", async (t) => {
  const id = Hash.from(new Uint8Array(32).fill(0xab));
  const branch = { height: 90, id, weight: 5n, forkHeight: 40, forkId: Hash.zero, depth: 45, peer: "p", seenAtMs: 1 };
  const { code, message, data } = refusedBranchWarning(branch);
  t.equal(code, BRANCH_REFUSED);
  t.match(message, /block (ab){32} at height 90, leaves this node's chain at height 40, 45 blocks below its head/);
  t.match(message, /chainwright db rewind --config FILE --to 40 --drop/);
  t.same(data, {
    height: 90,
    id: "ab".repeat(32),
    weight: "5",
    forkHeight: 40,
    forkId: "00".repeat(32),
    depth: 45,
    peer: "p",
    seenAtMs: 1,
  });
});
