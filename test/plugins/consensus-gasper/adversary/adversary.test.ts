/** Validators that break the rules: what a behaviour makes of blocks and votes, and that no ordinary node can have one. */
import t from "tap";
import { loadNodeConfig } from "../../../../core/node/create-node.js";
import { blockIdOf, EMPTY_BYTES, Hash, headerRecord } from "../../../../core/sdk.js";
import { behaviourOf } from "../../../../plugins/consensus-gasper/adversary/behaviours.js";
import type { AdversaryConfig } from "../../../../plugins/consensus-gasper/adversary/config.js";
import adversary from "../../../../plugins/consensus-gasper/adversary/index.js";
import { type OwnBlock, type OwnVote, Stage } from "../../../../plugins/consensus-gasper/adversary/stage.js";
import { SlotClock } from "../../../../plugins/consensus-gasper/slot-clock.js";
import type { ValidatorDependencies } from "../../../../plugins/consensus-gasper/validator/index.js";

const SLOT_MS = 6_000;
const hash = (byte: number): Hash => Hash.from(new Uint8Array(32).fill(byte));

/** A stage whose time is moved by hand, with what left it and when. */
function scene(misbehave: AdversaryConfig["misbehave"]) {
  let nowMs = 0;
  const sent: { readonly atMs: number; readonly what: string }[] = [];
  const waiting: { readonly atMs: number; readonly run: () => void }[] = [];
  const note = (what: string): void => void sent.push({ atMs: nowMs, what });
  const chain = {
    clock: new SlotClock(0, SLOT_MS, 8),
    host: {
      clock: { nowMs: () => nowMs },
      scheduler: { after: (ms: number, run: () => void) => waiting.push({ atMs: nowMs + ms, run }) },
      submit: async () => note("block"),
      publish: () => note("vote"),
    },
  };
  const own = { chain, onOwnVote: () => undefined } as unknown as ValidatorDependencies;
  const stage = new Stage(own, { unit: () => 0.5 }, { warn: () => undefined } as never);
  const behaviour = behaviourOf({ misbehave, votesAtMost: 64 }, stage);
  const until = (ms: number): void => {
    for (const each of waiting.splice(0).sort((one, other) => one.atMs - other.atMs)) {
      if (each.atMs > ms) {
        waiting.push(each);
        continue;
      }
      nowMs = each.atMs;
      each.run();
    }
    nowMs = ms;
  };
  return { stage, behaviour, sent, until };
}

function blockOf(slot: number): OwnBlock {
  const header = { timestampMs: slot * SLOT_MS, seal: EMPTY_BYTES };
  return { block: { header, transactions: [], payload: EMPTY_BYTES } as never, id: hash(7), slot };
}

function voteOf(slot: number): OwnVote {
  const epoch = Math.floor(slot / 8);
  const data = { slot, committeeIndex: 0, headRoot: hash(1), source: { epoch: 0, root: hash(2) }, target: { epoch, root: hash(3) } };
  return { attestation: { data, bits: new Uint8Array(1), signature: new Uint8Array(96) }, validator: 3 };
}

t.test("who is silent sends nothing", async (t) => {
  const { behaviour, sent, until } = scene("silent");
  await behaviour.block?.(blockOf(1));
  behaviour.vote?.(voteOf(1));
  until(20 * SLOT_MS);
  t.same(sent, []);
});

t.test("late blocks and votes come when they say", async (t) => {
  const blocks = scene("late-blocks");
  await blocks.behaviour.block?.(blockOf(1));
  t.equal(blocks.behaviour.vote, undefined, "its votes are in time");
  blocks.until(1.8 * SLOT_MS);
  t.same(blocks.sent, []);
  blocks.until(2 * SLOT_MS);
  t.same(blocks.sent, [{ atMs: 1.85 * SLOT_MS, what: "block" }]);

  const votes = scene("late-votes");
  votes.behaviour.vote?.(voteOf(1));
  votes.until(3 * SLOT_MS);
  t.same(votes.sent, [{ atMs: 13_799, what: "vote" }]);
});

t.test("bouncing: what belongs to an epoch's end comes in the next epoch, all else at once", async (t) => {
  const { behaviour, sent, until } = scene("bounce");
  behaviour.vote?.(voteOf(3));
  behaviour.vote?.(voteOf(4));
  await behaviour.block?.(blockOf(5));
  await behaviour.block?.(blockOf(6));
  t.same(
    sent.map(({ what }) => what),
    ["vote", "block"],
    "slot 3 votes and slot 5 proposes as ever",
  );
  until(8 * SLOT_MS);
  t.equal(sent.length, 2);
  until(9 * SLOT_MS);
  t.same(sent.slice(2), [
    { atMs: 8 * SLOT_MS + 500, what: "vote" },
    { atMs: 8 * SLOT_MS + 500, what: "block" },
  ]);
});

t.test("what names a hidden block goes to some peers only, for a while", (t) => {
  const { stage, until } = scene("equivocate");
  const header = {
    version: 1,
    chainId: "test",
    height: 1,
    parent: hash(1),
    stateRoot: hash(2),
    transactionsRoot: hash(3),
    receiptsRoot: hash(4),
    payloadRoot: hash(5),
    timestampMs: 6_000,
    proposer: new Uint8Array(20),
    extra: EMPTY_BYTES,
    seal: EMPTY_BYTES,
  } as never;
  const { id, signingRoot } = headerRecord(header);
  t.same(id, blockIdOf(signingRoot, EMPTY_BYTES));
  stage.keepFor((place) => place === 0, { header, transactions: [], payload: EMPTY_BYTES }, 1_000);
  const message = new Uint8Array(50);
  message.set(id, 9);
  t.equal(stage.isHiddenFrom(0, message), false);
  t.equal(stage.isHiddenFrom(1, message), true);
  t.equal(stage.isHiddenFrom(1, message.subarray(1, 30)), false);
  until(2_000);
  t.equal(stage.isHiddenFrom(1, message), false);
  t.end();
});

t.test("an ordinary node with one is refused", async (t) => {
  const modules = { plugins: { [adversary.id]: async () => ({ default: adversary }) } };
  const document = {
    chain: "chain.json",
    dataDir: "/nowhere",
    plugins: { "ledger-account": null, "consensus-gasper": null, "storage-memory": null },
  };
  const chainDocument = {
    chainId: "test",
    genesisTimeMs: 0,
    consensus: { plugin: "consensus-gasper", parameters: {} },
    ledger: { plugin: "ledger-account", parameters: { modules: [{ name: "validators", namespace: 2 }] } },
  };
  const withIt = { ...document, plugins: { ...document.plugins, [adversary.id]: { misbehave: "silent" } } };
  await t.resolves(loadNodeConfig({ document, chainDocument, modules }));
  await t.rejects(loadNodeConfig({ document: withIt, chainDocument, modules }), /chainwright:simulated-machine/);
});
