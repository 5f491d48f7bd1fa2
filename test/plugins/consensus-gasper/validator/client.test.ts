/** When this node's validators do what, what they sign, and that nothing of it is done twice, late, or after they were stopped. */
import t from "tap";
import { blsVerify } from "../../../../core/bls/index.js";
import { type Bytes, Hash, toHex } from "../../../../core/sdk.js";
import {
  aggregateSigningRoot,
  attestationSigningRoot,
  decodeExtra,
  encodePayload,
  randaoSigningRoot,
} from "../../../../plugins/consensus-gasper/codec/index.js";
import {
  CHAIN_HASH,
  GENESIS_MS,
  GENESIS_ROOT,
  Journal,
  publicKey,
  SLOT_MS,
  SLOTS_PER_EPOCH,
  sealMessage,
  slashablePairs,
  TestValidators,
  Time,
  Tree,
  turn,
} from "./fixtures.js";

const NOBODY = () => 99;

function isSigned(validator: number, message: Bytes, signature: Bytes): boolean {
  return blsVerify({ publicKey: publicKey(validator), message, signature });
}

/** Holds whoever calls it until it is let go. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const held = { waiting: 0, open, wait: async () => undefined as undefined };
  held.wait = async () => {
    held.waiting++;
    await opened;
    return undefined;
  };
  return held;
}

t.test("an epoch: blocks at the start of slots, votes when they are there, aggregates after two thirds", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3] });
  await node.client.start();
  await node.until(2 * SLOTS_PER_EPOCH, -1);
  await node.client.stop();
  const { blocks, votes, aggregates } = node.tree.signed;
  t.same(
    blocks.map(({ validator, slot, atMs }) => [validator, slot, atMs - node.atSlot(slot)]),
    [
      [1, 1, 0],
      [2, 2, 0],
      [3, 3, 0],
    ],
    "validators 4 to 7 are somebody else's",
  );
  for (const { header, validator, slot } of blocks) {
    t.ok(isSigned(validator, sealMessage(header), header.seal), "sealed");
    const reveal = decodeExtra(header.extra)?.randaoReveal ?? new Uint8Array(0);
    t.ok(isSigned(validator, randaoSigningRoot(CHAIN_HASH, Math.floor(slot / SLOTS_PER_EPOCH)), reveal), "revealed");
  }
  const voters = votes.map(({ validator, attestation }) => `${validator} in ${attestation.data.target.epoch}`).sort();
  t.same(
    voters,
    [0, 1, 2, 3].flatMap((index) => [`${index} in 0`, `${index} in 1`]),
    "each of ours once an epoch",
  );
  for (const { validator, attestation, atMs } of votes) {
    const { data, signature } = attestation;
    t.ok(isSigned(validator, attestationSigningRoot(CHAIN_HASH, data), signature));
    const isOurs = data.slot >= 1 && data.slot <= 3;
    t.equal(atMs - node.atSlot(data.slot), isOurs ? 0 : SLOT_MS / 3, `slot ${data.slot}: as soon as its block is there`);
    t.equal(node.tree.block(data.headRoot)?.slot, Math.min(3, data.slot), "for the head");
    t.equal(
      node.tree.block(data.target.root)?.slot,
      data.slot < SLOTS_PER_EPOCH ? 0 : 3,
      "its target is the newest block at the epoch's start",
    );
    t.same(data.source, { epoch: 0, root: Hash.zero }, "its source is what the state justified");
  }
  t.equal(node.ownVotes.length, votes.length, "the local pool has them as well");
  t.equal(aggregates.length, new Set(votes.map(({ attestation }) => attestation.data.slot)).size, "committees of 2 have but aggregators");
  for (const aggregate of aggregates)
    t.ok(isSigned(aggregate.aggregatorIndex, aggregateSigningRoot(CHAIN_HASH, aggregate), aggregate.signature));
  t.same(slashablePairs(node.tree.signed), []);
  t.equal(node.counted.get("gasper_votes cast"), 8);
  t.equal(node.counted.get("gasper_proposals made"), 3);
  t.equal(node.time.timers, 0);
});

t.test("a late block: its slot's votes were for its parent, and nobody votes twice", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  node.tree.proposerOf = NOBODY;
  await node.client.start();
  await node.until(4, 1_001);
  const cast = node.votesOf(4);
  t.equal(cast.length, 2);
  t.ok(
    cast.every(({ attestation, atMs }) => Hash.key(attestation.data.headRoot) === Hash.key(GENESIS_ROOT) && atMs === node.atSlot(4, 1_000)),
  );
  const late = node.tree.add(node.tree.head, 4);
  node.choose(late);
  await node.until(4, 2_999);
  t.equal(node.votesOf(4).length, 2, "the late block moves nobody");
  const next = node.tree.add(late, 5);
  await node.until(5, 200);
  node.choose(next);
  node.choose(next);
  await turn();
  t.equal(node.votesOf(5).length, 2, "a block in time is voted for at once");
  t.ok(
    node
      .votesOf(5)
      .every(({ attestation, atMs }) => Hash.key(attestation.data.headRoot) === Hash.key(next.root) && atMs === node.atSlot(5, 200)),
  );
  await node.until(6, 300);
  t.equal(node.votesOf(5).length, 2);
  node.choose(late);
  await turn();
  t.equal(node.votesOf(6).length, 0, "a head of an earlier slot hurries nobody");
  await node.until(6, 1_500);
  t.equal(node.votesOf(6).length, 2);
  await node.client.stop();
});

t.test("branches with other committees: whoever voted in an epoch is done with it", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  const { tree } = node;
  tree.proposerOf = NOBODY;
  const [left, right] = [tree.add(tree.head, 1), tree.add(tree.head, 2)];
  tree.head = left;
  await node.until(8);
  await node.client.start();
  await node.until(10, -1);
  const before = tree.signed.votes.map(({ validator }) => validator);
  t.equal(before.length, 4);
  node.choose(right);
  const members = [10, 11].flatMap((slot) => [...tree.shuffling(2, right.root).slotMembers(slot)]);
  t.ok(
    members.some((validator) => before.includes(validator)),
    "some would have to vote again",
  );
  await node.until(12, -1);
  t.same(
    tree.signed.votes.map(({ validator }) => validator).sort((a, b) => a - b),
    [...new Set([...before, ...members])].sort((a, b) => a - b),
  );
  t.same(node.codes(), [], "nobody even tries");
  await node.client.stop();
});

t.test("after a stall only what is due now is done", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  await node.client.start();
  await node.until(1, 2_500);
  node.time.stall(6 * SLOT_MS);
  await node.time.pass(0);
  const seen = node.tree.signed.votes.map(({ attestation }) => attestation.data.slot);
  t.same([...new Set(seen)], [0, 1, 7], "slots 2 to 6 are over");
  t.same(
    node.tree.signed.blocks.map(({ slot }) => slot),
    [1],
    "and in the last third of slot 7 nobody wants its block any more",
  );
  await node.until(8, 100);
  t.equal(node.tree.signed.blocks.at(-1)?.slot, 8);
  await node.client.stop();
});

t.test("what is not ready in its slot is not signed", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  node.tree.proposerOf = NOBODY;
  await node.client.start();
  await node.until(4);
  const held = gate();
  node.beforeState = held.wait;
  await node.until(6, 500);
  t.ok(held.waiting > 0);
  const before = node.signatures;
  node.beforeState = async () => undefined;
  held.open();
  await turn();
  t.equal(node.signatures, before);
  t.ok(node.codes().includes("GASPER_DUTY_LATE"), "it is said");
  t.ok((node.counted.get("gasper_votes late") ?? 0) > 0, "and counted");
  await node.until(7, 0);
  t.ok(node.votesOf(6).length > 0, "it goes on with the next");
  await node.client.stop();
});

t.test("a clock that is set back, and forth again", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  await node.client.start();
  await node.until(7, 0);
  node.time.jump(-5 * SLOT_MS);
  await node.time.pass(3 * SLOT_MS);
  node.time.jump(20 * SLOT_MS);
  await node.time.pass(3 * SLOT_MS);
  node.time.jump(-18 * SLOT_MS);
  await node.time.pass(6 * SLOT_MS);
  t.same(slashablePairs(node.tree.signed), []);
  for (const { attestation } of node.tree.signed.votes)
    t.ok((node.tree.block(attestation.data.headRoot)?.slot ?? 99) <= attestation.data.slot, "nobody votes for what is to come");
  const seen = node.tree.signed.votes.map(({ validator, attestation }) => `${validator} ${attestation.data.target.epoch}`);
  t.equal(new Set(seen).size, seen.length, "nobody votes twice in an epoch");
  await node.client.stop();
});

t.test("a clock that is set by more than an epoch is not believed", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  const errors = () => node.logged.filter(({ level, message }) => level === "error" && /clock was set/.test(message)).length;
  await node.client.start();
  await node.until(3);
  node.time.jump(SLOTS_PER_EPOCH * SLOT_MS);
  const before = node.signatures;
  await node.time.pass(SLOT_MS);
  t.ok(node.signatures > before, "an epoch's worth is borne");
  node.time.jump(1_000 * SLOTS_PER_EPOCH * SLOT_MS);
  const then = node.signatures;
  await node.time.pass(4 * SLOT_MS);
  node.choose(node.tree.add(node.tree.head, Math.floor((node.time.nowMs() - GENESIS_MS) / SLOT_MS)));
  await node.client.stop();
  await node.client.start();
  await node.time.pass(4 * SLOT_MS);
  t.equal(node.signatures, then, "not by a head of its slot either, nor after a pause");
  t.equal(errors(), 1, "it is said once");
  node.tree.head = [...node.tree.blocks.values()][0] as typeof node.tree.head;
  node.time.jump(-1_001 * SLOTS_PER_EPOCH * SLOT_MS);
  await node.time.pass(8 * SLOT_MS);
  t.ok(node.signatures > then, "set back, it goes on");
  t.same(slashablePairs(node.tree.signed), []);
  await node.client.stop();
});

t.test("a key that voted lately and has no record waits for the next epoch", async (t) => {
  const begin = async (own: number, prepare: (node: TestValidators) => Promise<unknown> = async () => undefined) => {
    const node = new TestValidators({ keys: [own, 5] });
    node.tree.proposerOf = (slot) => (slot % 2 === 0 ? own : 5);
    await node.until(2 * SLOTS_PER_EPOCH, -1);
    node.tree.head = node.tree.add(node.tree.head, 2 * SLOTS_PER_EPOCH - 1);
    const facts = node.tree.validators[own];
    if (facts !== undefined) Object.assign(facts, own === 1 ? { currentFlags: 1 } : { previousFlags: 2 });
    await prepare(node);
    await node.until(2 * SLOTS_PER_EPOCH, 1);
    await node.client.start();
    await node.until(5 * SLOTS_PER_EPOCH, -1);
    await node.client.stop();
    const { votes, blocks } = node.tree.signed;
    const first = (validator: number) => ({
      vote: votes.find((vote) => vote.validator === validator)?.attestation.data.target.epoch,
      block: blocks.find((block) => block.validator === validator)?.slot,
    });
    const said = node.logged.filter(({ level, data }) => level === "info" && data.untilEpoch === 3 && data.keys === 1).length;
    return { own: first(own), other: first(5), said };
  };
  for (const own of [1, 2]) {
    const found = await begin(own);
    t.same(found.own, { vote: 3, block: 12 }, "it signs nothing in the epoch under way");
    t.match(found.other, { vote: 2, block: 9 }, "others do");
    t.equal(found.said, 1);
  }
  const known = await begin(1, ({ protection }) => protection.permitVote(publicKey(1), { sourceEpoch: 0, targetEpoch: 1 }, CHAIN_HASH));
  t.same([known.own.vote, known.said], [2, 0], "with a record it need not");
});

t.test("after stop nothing is signed, wherever it was", async (t) => {
  for (const where of ["beforeState", "beforeBuild", "journal", "beforeSign"] as const) {
    const held = gate();
    const journal = new Journal(new Map(), where === "journal" ? held.wait : undefined);
    const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7], journal });
    if (where !== "journal") node[where] = held.wait;
    // Epochs after genesis, so that its state has to be moved on.
    await node.until(13, -1);
    await node.client.start();
    await node.until(13, 1_500);
    t.ok(held.waiting > 0, `${where}: something is under way`);
    let stopped = false;
    const stop = node.client.stop().then(() => {
      stopped = true;
    });
    await turn();
    t.notOk(stopped, `${where}: stop waits for it`);
    const expected = node.signatures + (where === "beforeSign" ? held.waiting : 0);
    held.open();
    await stop;
    t.equal(node.signatures, expected, `${where}: only what was being signed came out`);
    await node.until(20);
    t.equal(node.signatures, expected, `${where}: and nothing later`);
    t.equal(node.time.timers, 0);
  }
});

t.test("started and stopped in any order, it does everything once", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  await Promise.all([node.client.start(), node.client.start(), node.client.stop(), node.client.start(), node.client.stop()]);
  t.equal((node.client.status() as { readonly running: boolean }).running, false);
  await node.client.stop();
  for (let slot = 1; slot < 12; slot++) {
    await Promise.all([node.client.start(), node.client.start()]);
    await node.until(slot, 1_700);
    await Promise.all([node.client.stop(), node.client.stop(), node.client.start()]);
    await node.client.stop();
  }
  const seen = node.tree.signed.votes.map(({ validator, attestation }) => `${validator} ${attestation.data.target.epoch}`);
  t.equal(seen.length, 24);
  t.equal(new Set(seen).size, 24);
  t.equal(node.tree.signed.blocks.length, 11);
  t.equal(node.time.timers, 0);
});

t.test("without keys it does not start, and says what is missing", async (t) => {
  await t.rejects(new TestValidators({ validators: [] }).client.start(), { code: "GASPER_NO_VALIDATOR_KEYS" });
  await t.rejects(new TestValidators({ validators: ["own", "lost"] }).client.start(), {
    code: "GASPER_NO_VALIDATOR_KEYS",
    message: /lost/,
  });
  t.equal(new TestValidators({ validators: [] }).client.automatic, false);
  t.equal(new TestValidators({ propose: false }).client.automatic, false);
  t.equal(new TestValidators().client.automatic, true);
});

t.test("a key that fails leaves the others alone", async (t) => {
  const journal = new Journal();
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7], journal });
  node.tree.proposerOf = NOBODY;
  journal.disk.set(`${toHex(Buffer.from("gasper/slashing/"))}${toHex(publicKey(2))}`, new Uint8Array(5));
  node.beforeSign = async (key: Bytes) => {
    if (toHex(key) === toHex(publicKey(5))) throw new Error("the remote signer is away");
  };
  await node.client.start();
  await node.until(SLOTS_PER_EPOCH);
  t.same(
    node.tree.signed.votes.map(({ validator }) => validator).sort((a, b) => a - b),
    [0, 1, 3, 4, 6, 7],
  );
  t.same(node.codes().sort(), ["GASPER_DUTY_FAILED", "GASPER_PROTECTION_DAMAGED"]);
  t.equal(node.counted.get("gasper_votes failed"), 2);
  t.match(node.client.status(), { votes: { cast: 6, failed: 2 } });
  await node.client.stop();
});

t.test("validators that come later, that leave, and that were slashed", async (t) => {
  const tree = new Tree();
  const [, , two, three, , , , seven] = tree.validators;
  if (two === undefined || three === undefined || seven === undefined) throw new Error("there are eight");
  tree.proposerOf = NOBODY;
  two.exit = 2;
  three.activation = 2;
  seven.isUnknown = true;
  const node = new TestValidators({ tree, keys: [2, 3, 7, 15] });
  const votersOf = (epoch: number) =>
    tree.signed.votes.flatMap(({ validator, attestation }) => (attestation.data.target.epoch === epoch ? [validator] : [])).sort();
  await node.client.start();
  await node.until(2 * SLOTS_PER_EPOCH);
  t.same([votersOf(0), votersOf(1)], [[2], [2]]);
  t.match(node.client.status(), { keys: 4, validators: 2 });
  seven.isUnknown = false;
  seven.activation = 3;
  await node.until(4 * SLOTS_PER_EPOCH);
  t.same([votersOf(2), votersOf(3)], [[3], [3, 7]]);
  three.slashed = true;
  tree.proposerOf = () => 3;
  await node.until(5 * SLOTS_PER_EPOCH);
  t.same(votersOf(4), [7]);
  t.same(tree.signed.blocks, [], "a slashed validator's block would be refused");
  await node.client.stop();
});

t.test("proposals: on the head that fork choice names, through empty epochs, with or without votes", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  node.tree.proposerOf = NOBODY;
  await node.client.start();
  await node.until(2, 1);
  const weak = node.tree.add(node.tree.head, 2);
  node.choose(weak);
  await node.until(3, -1);
  node.proposerHead = () => GENESIS_ROOT;
  node.tree.proposerOf = (slot) => slot % 8;
  await node.until(3, 1);
  t.same(node.parents, [GENESIS_ROOT], "the late head is left out");

  node.proposerHead = () => node.tree.head.root;
  node.tree.proposerOf = NOBODY;
  await node.until(6 * SLOTS_PER_EPOCH + 1, -1);
  node.tree.proposerOf = (slot) => slot % 8;
  node.statesAsked.length = 0;
  await node.until(6 * SLOTS_PER_EPOCH + 1, 1);
  t.equal(node.tree.signed.blocks.at(-1)?.slot, 25);
  t.ok(node.statesAsked.includes("3>24"), "its proposer is read from a state that was moved on");

  const vote = node.ownVotes[0];
  if (vote === undefined) throw new Error("there are votes");
  const payload = { attestations: [vote], proposerSlashings: [], attesterSlashings: [] };
  node.payload = () => payload;
  await node.until(6 * SLOTS_PER_EPOCH + 2, 1);
  t.same(node.payloads.at(-1), encodePayload(payload));
  node.beforeBuild = async ({ payload: bytes }) => {
    if ((bytes?.length ?? 0) > 0) throw new Error("an attestation of it is of no use here");
  };
  await node.until(6 * SLOTS_PER_EPOCH + 3, 1);
  t.equal(node.tree.signed.blocks.at(-1)?.slot, 27, "a bad payload costs the votes, not the block");
  t.equal(node.payloads.at(-1)?.length, 0);
  node.beforeBuild = async () => {
    throw new Error("nothing can be built");
  };
  await node.until(7 * SLOTS_PER_EPOCH, 1_500);
  t.equal(node.counted.get("gasper_proposals failed"), 1);
  t.ok(node.votesOf(28).length > 0, "votes don't wait for blocks");
  await node.client.stop();
});

t.test("what its own chain does not take, or fork choice does not know, is told by its code and costs one duty", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  node.tree.proposerOf = (slot) => slot % 8;
  await node.client.start();
  node.verdict = { status: "invalid", code: "BLOCK_STATE_ROOT", reason: "another root", id: Hash.zero };
  await node.until(1, 1);
  t.equal(node.counted.get("gasper_proposals refused"), 1);
  t.ok(node.codes().includes("GASPER_PROPOSAL_REFUSED"), node.codes().join(" "));
  node.verdict = undefined;
  await node.until(2, 1);
  t.equal(node.tree.head.slot, 2, "the next one is made");
  node.proposerHead = () => Hash.zero;
  await node.until(3, 1);
  t.ok(node.codes().includes("GASPER_DUTY_NO_BRANCH"), node.codes().join(" "));
  t.equal(node.tree.head.slot, 2);
  node.proposerHead = () => node.tree.head.root;
  await node.until(4, 1);
  t.equal(node.tree.head.slot, 4);
  await node.client.stop();
});

t.test("a crash between record and signature: the next run signs the same again, or nothing", async (t) => {
  const tree = new Tree();
  const time = new Time();
  const held = gate();
  const first = new TestValidators({ tree, time, keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  first.beforeSign = held.wait;
  await first.client.start();
  await first.until(1, 1_500);
  first.kill();
  held.open();
  await turn();
  t.same([tree.signed.blocks.length, tree.signed.votes.length], [0, 0], "it died before it signed");
  t.ok(first.journal.disk.size > 0, "but after it wrote");

  const second = new TestValidators({ tree, time, journal: new Journal(first.journal.disk), keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  tree.head = tree.add(tree.head, 1);
  await second.client.start();
  await time.pass(100);
  t.same(
    second.codes(),
    ["GASPER_PROTECTION_REFUSED", "GASPER_PROTECTION_REFUSED"],
    "the head is another now: both voters of slot 1 are refused",
  );
  t.equal(second.counted.get("gasper_protection_refusals vote"), 2);
  await second.client.stop();

  const third = new TestValidators({ tree, time, journal: new Journal(first.journal.disk), keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  tree.head = tree.block(GENESIS_ROOT) ?? tree.head;
  await third.client.start();
  await time.pass(100);
  t.equal(third.votesOf(1).length, 2, "the very same votes are signed");
  await third.client.stop();
});

t.test("doppelgangers: it listens before it signs", async (t) => {
  const node = new TestValidators({ keys: [0, 1, 2, 3], doppelgangerEpochs: 2 });
  await node.until(5);
  await node.client.start();
  t.match(node.client.status(), { listensUntilEpoch: 4 });
  node.client.onForeignVote(Uint32Array.of(0, 6), 1);
  t.same(node.codes(), [], "a vote of this very epoch may be one that this node cast before");
  await node.until(9);
  node.client.onForeignVote(Uint32Array.of(3, 6), 2);
  node.client.onForeignVote(Uint32Array.of(3, 6), 2);
  const root = node.tree.add(node.tree.head, 10).root;
  node.client.onCanonicalBlock({ root, parentRoot: GENESIS_ROOT, slot: 10, proposerIndex: 1, votes: [] });
  t.same(node.codes(), ["GASPER_DOPPELGANGER", "GASPER_DOPPELGANGER"], "each is said once");
  await node.until(4 * SLOTS_PER_EPOCH, -1);
  t.equal(node.signatures, 0);
  await node.until(5 * SLOTS_PER_EPOCH);
  t.same([...new Set(node.tree.signed.votes.map(({ validator }) => validator))].sort(), [0, 2], "the others begin");
  t.match(node.client.status(), { refused: 2, listensUntilEpoch: null });
  node.client.onForeignVote(Uint32Array.of(0), 5);
  t.equal(node.codes().length, 2, "from now on votes of these keys are our own");
  await node.client.stop();
  await node.client.start();
  t.match(node.client.status(), { listensUntilEpoch: null }, "a short pause changes nothing");
  await node.client.stop();
  await node.time.pass(2 * SLOTS_PER_EPOCH * SLOT_MS);
  await node.client.start();
  t.match(node.client.status(), { listensUntilEpoch: 10 }, "a long one does");
  await node.client.stop();

  const deaf = new TestValidators();
  deaf.time.jump(-10_000);
  await deaf.client.start();
  t.match(deaf.client.status(), { listensUntilEpoch: null }, "who does not listen does not before genesis either");
  await deaf.client.stop();

  const early = new TestValidators({ doppelgangerEpochs: 2 });
  early.time.jump(-10_000);
  await early.client.start();
  await early.until(1);
  t.ok(early.signatures > 0, "nobody can have voted before genesis");
  await early.client.stop();
});

t.test("the next epoch is prepared before it begins, once for each head", async (t) => {
  const node = new TestValidators({ keys: [] });
  const look = async (slot: number, ms: number) => {
    await node.until(slot, ms);
    node.client.lookahead.look();
    await node.client.lookahead.idle();
    return node.statesAsked.length;
  };
  t.equal(await look(2, 2_500), 0);
  t.equal(await look(3, 1_999), 0);
  t.equal(await look(3, 2_000), 1);
  t.same(node.statesAsked, ["0>4"]);
  t.equal(await look(3, 2_100), 1);
  node.tree.head = node.tree.add(node.tree.head, 3);
  t.equal(await look(3, 2_200), 2);
  t.same(node.statesAsked, ["0>4", "3>4"]);
  node.beforeState = async () => {
    throw new Error("its state is gone");
  };
  t.equal(await look(7, 2_500), 3, "that it can't be had is no failure");

  const busy = new TestValidators({ keys: [0, 1, 2, 3, 4, 5, 6, 7] });
  await busy.client.start();
  await busy.until(4, -500);
  t.ok(busy.statesAsked.includes("3>4"), "started validators see to it themselves");
  await busy.client.stop();
  t.equal(busy.atSlot(0), GENESIS_MS);
});
