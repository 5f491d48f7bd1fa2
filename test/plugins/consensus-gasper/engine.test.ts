/** The engine under a real chain: what it refuses and why, what waits, what a restart brings back, and what finality protects. */
import t, { type Test } from "tap";
import { blsSign, type ConsensusHost, Hash, present, type StateWriter } from "../../../core/sdk.js";
import {
  codecLimitsOf,
  decodePayload,
  encodeAttestation,
  encodeExtra,
  encodePayload,
  randaoSigningRoot,
} from "../../../plugins/consensus-gasper/codec/index.js";
import { ProposalTurns, WalkTurns } from "../../../plugins/consensus-gasper/header-turns.js";
import { type SealChain, sealContextOf } from "../../../plugins/consensus-gasper/seal-context.js";
import { SlotClock } from "../../../plugins/consensus-gasper/slot-clock.js";
import { ESCROW } from "../../../plugins/consensus-gasper/state/index.js";
import type { Attestation } from "../../../plugins/consensus-gasper/types.js";
import { GENESIS_TIME_MS, testSpec, worded } from "../../core/chain/harness.js";
import { keyOf, type Made, RealChain, SLOT_MS, VALIDATORS, type Wish } from "./real-chain.js";
import { accountOf, INCREMENT } from "./state/fixtures.js";

const timeOf = (slot: number) => GENESIS_TIME_MS + slot * SLOT_MS;
const other = (index: number) => (index + 1) % VALIDATORS;

t.test("over a ledger that pays nothing, it does not begin", async (t) => {
  const { engine } = (await RealChain.start()).node;
  const host = { treasury: undefined } as unknown as ConsensusHost;
  await t.rejects(engine.attach(host), { code: "GASPER_NO_TREASURY", message: /ledger that provides chainwright:treasury/ });
  t.throws(() => engine.genesisState({} as StateWriter, testSpec(), undefined), { code: "GASPER_NO_TREASURY" });
});

t.test("a header is refused with the code of what is wrong with it", async (t) => {
  const chain = await RealChain.start();
  const [one] = await chain.row(chain.genesis, 1, 2);
  const parent = one as Made;
  await chain.begin(40);
  const proposer = await chain.proposerOf(parent, 3);
  const good = await chain.make(parent, 3);
  const { header } = good.block;
  const named = (proposerIndex: number) => encodeExtra({ proposerIndex, randaoReveal: header.extra.slice(4) });
  const faults: readonly (readonly [string, Wish])[] = [
    ["GASPER_EXTRA", { extra: header.extra.slice(1) }],
    ["GASPER_EXTRA", { extra: new Uint8Array(101) }],
    ["GASPER_SEAL", { seal: new Uint8Array(95) }],
    ["GASPER_SEAL", { seal: new Uint8Array(97) }],
    ["GASPER_SEAL_SIGNATURE", { seal: new Uint8Array(96) }],
    ["GASPER_SEAL_SIGNATURE", { sealedBy: other(proposer) }],
    ["GASPER_SEAL_SIGNATURE", { header: { seal: header.seal, stateRoot: Hash.zero }, seal: header.seal }],
    ["GASPER_WRONG_PROPOSER", { extra: named(other(proposer)), sealedBy: other(proposer) }],
    ["GASPER_WRONG_PROPOSER", { extra: named(VALIDATORS) }],
    ["GASPER_WRONG_PROPOSER", { extra: named(0xffff_ffff) }],
    ["GASPER_PROPOSER_ACCOUNT", { header: { proposer: accountOf(other(proposer)) } }],
    ["GASPER_RANDAO_REVEAL", { reveal: header.seal }],
    ["GASPER_TIMESTAMP", { header: { timestampMs: timeOf(3) + 1 } }],
    ["GASPER_TIMESTAMP", { header: { timestampMs: GENESIS_TIME_MS - SLOT_MS } }],
    ["GASPER_SLOT", { header: { timestampMs: timeOf(1) } }],
    ["GASPER_SLOT", { header: { timestampMs: GENESIS_TIME_MS } }],
    ["BLOCK_STATE_ROOT", { header: { stateRoot: Hash.zero } }],
  ];
  for (const [code, wish] of faults) t.equal(worded(await chain.import(await chain.make(parent, 3, wish))), `invalid ${code}`, code);
  t.equal(worded(await chain.import(good)), "imported");
});

t.test("a payload is refused with the code of what is wrong with it", async (t) => {
  const chain = await RealChain.start();
  const blocks = await chain.row(chain.genesis, 1, 9);
  const parent = blocks.at(-1) as Made;
  await chain.begin(40);
  const [vote] = await chain.votes(parent, 9);
  const fresh = vote as Attestation;
  const changed = (change: Partial<Attestation["data"]>, rest: Partial<Attestation> = {}) =>
    encodePayload({
      attestations: [{ ...fresh, data: { ...fresh.data, ...change }, ...rest }],
      proposerSlashings: [],
      attesterSlashings: [],
    });
  const { data } = fresh;
  const long = new Uint8Array(fresh.bits.length + 1);
  const many = Array.from({ length: 65 }, () => fresh);
  const faults: readonly (readonly [string, Uint8Array])[] = [
    ["GASPER_ATTESTATION_FUTURE", changed({ slot: 10 })],
    ["GASPER_ATTESTATION_ANCIENT", changed({ slot: 1, target: { ...data.target, epoch: 0 } })],
    ["GASPER_ATTESTATION_TARGET_EPOCH", changed({ target: { ...data.target, epoch: data.target.epoch - 1 } })],
    ["GASPER_ATTESTATION_COMMITTEE", changed({ committeeIndex: 3 })],
    ["GASPER_ATTESTATION_BITS", changed({}, { bits: long })],
    ["GASPER_ATTESTATION_BITS", changed({}, { bits: new Uint8Array(fresh.bits.length) })],
    ["GASPER_ATTESTATION_SOURCE", changed({ source: { ...data.source, root: chain.genesis.id } })],
    ["GASPER_ATTESTATION_SIGNATURE", changed({}, { signature: parent.block.header.seal })],
    ["GASPER_ATTESTATION_SIGNATURE", changed({ headRoot: chain.genesis.id })],
    ["", encodePayload({ attestations: many, proposerSlashings: [], attesterSlashings: [] })],
    ["", Uint8Array.of(1, 2, 3)],
  ];
  for (const [code, payloadBytes] of faults) {
    const verdict = await chain.import(await chain.make(parent, 10, { payloadBytes }));
    if (code === "") t.equal(verdict.status, "invalid", worded(verdict));
    else t.equal(worded(verdict), `invalid ${code}`);
  }
  const honest = await chain.make(parent, 10, { payload: { attestations: [fresh] } });
  t.equal(worded(await chain.import(honest)), "imported");
});

t.test("a slot that has not begun waits for it, if its proposer signed", async (t) => {
  const chain = await RealChain.start();
  const [block] = (await chain.row(chain.genesis, 1, 1)) as [Made];
  const proposer = await chain.proposerOf(block, 3);
  const early = await chain.make(block, 3);
  t.equal(worded(await chain.import(await chain.make(block, 3, { sealedBy: other(proposer) }))), "invalid GASPER_SEAL_SIGNATURE");
  t.equal(worded(await chain.import(early)), "not-yet GASPER_SLOT_FUTURE");
  t.equal(chain.node.height, 1);
  await chain.begin(2);
  t.equal(chain.node.height, 1, "not a slot too early");
  await chain.begin(3);
  await chain.node.headIs(early.id);

  // Ten thousand years of epochs are not walked through for whoever writes such a timestamp: this would not end.
  const far = { timestampMs: timeOf(2 ** 38) };
  const next = await chain.proposerOf(early, 4);
  t.equal(worded(await chain.import(await chain.make(early, 4, { header: far }))), "not-yet GASPER_SLOT_FUTURE");
  t.equal(worded(await chain.import(await chain.make(early, 4, { header: far, sealedBy: other(next) }))), "invalid GASPER_SEAL_SIGNATURE");
});

t.test("thousands of empty slots are crossed, and only for who signed", async (t) => {
  // Or the leak would put out everybody on the way.
  const chain = await RealChain.start({ rewards: { inactivityPenaltyQuotient: 2 ** 30 } });
  // Made elsewhere: the chain has not been that way yet.
  const maker = await RealChain.start({ rewards: { inactivityPenaltyQuotient: 2 ** 30 } });
  for (const block of await maker.row(maker.genesis, 1, 3)) {
    await chain.begin(maker.state(block.id).slot);
    t.equal(worded(await chain.import(block)), "imported");
  }
  const { head } = maker.node.chain;
  await maker.begin(4_003);
  await chain.begin(4_003);
  const proposer = await maker.proposerOf(head, 4_003);
  const stranger = await maker.make(head, 4_003, { sealedBy: other(proposer) });
  const named = stranger.block.header.extra.slice();
  new DataView(named.buffer).setUint32(0, other(proposer));
  const impostor = await maker.make(head, 4_003, { extra: named, sealedBy: other(proposer) });
  // Each step of a walk looks at the state that it begins with.
  const { state } = chain.node;
  const view = state.view.bind(state);
  let looks = 0;
  state.view = (id) => {
    looks++;
    return view(id);
  };
  t.equal(worded(await chain.import(stranger)), "invalid GASPER_SEAL_SIGNATURE");
  t.ok(looks < 10, `not a step of a thousand epochs for it: ${looks} looks`);
  t.equal(worded(await chain.import(impostor)), "invalid GASPER_WRONG_PROPOSER", "another validator than the one whose turn it is");
  t.ok(looks > 50);
  const block = await chain.extend(head, 4_003);
  t.equal(chain.node.head, Hash.key(block.id));
  t.equal(chain.state().slot, 4_003);
  checkMoney(t, chain);
});

t.test("who can't propose by what the parent's state says is refused without a walk; others take turns", async (t) => {
  const chain = await RealChain.start();
  const [block] = (await chain.row(chain.genesis, 1, 1)) as [Made];
  const { header } = (await chain.make(block, 3)).block;
  const parent = present(chain.node.chain.header(block.id), "it was imported");
  const clock = new SlotClock(GENESIS_TIME_MS, SLOT_MS, 4);
  const epochs = { activation: [0, 50, 51, 0xffff_ffff, 0, 0], exit: [0xffff_ffff, 60, 60, 0xffff_ffff, 50, 51], slashed: [5] };
  const state = {
    validatorCount: 40,
    epoch: 0,
    isSlashed: (index: number) => epochs.slashed.includes(index),
    activationEpoch: (index: number) => epochs.activation[index] ?? 0,
    exitEpoch: (index: number) => epochs.exit[index] ?? 0xffff_ffff,
    proposerAt: () => undefined,
  };
  const walks: (() => void)[] = [];
  const fake = {
    clock,
    nowMs: timeOf(900),
    head: () => ({ root: chain.genesis.id, slot: 0 }),
    stateOf: () => state,
    stateAt: () => new Promise((resolve) => void walks.push(() => resolve(state))),
    sumOfKeys: () => new Uint8Array(48),
    verifySeals: async (seals: readonly unknown[]) => seals.map(() => true),
  } as unknown as SealChain;
  const turns = { walks: new WalkTurns(clock), proposals: new ProposalTurns(clock) };
  const ask = (proposerIndex: number, slot = 200) => {
    const extra = encodeExtra({ proposerIndex, randaoReveal: header.extra.slice(4) });
    const told = sealContextOf(fake, turns, parent, { ...header, extra, timestampMs: timeOf(slot) }, slot);
    return told.then(
      () => "good",
      ({ code, data }: { code: string; data: { code?: string; retryAtMs?: number } }) => `${data.code ?? code} ${data.retryAtMs ?? ""}`,
    );
  };
  const refused = "GASPER_WRONG_PROPOSER ";
  t.same(await Promise.all([2, 4].map((index) => ask(index))), [refused, refused], "active only after the epoch; out by it");
  t.equal(await ask(5), "GASPER_SLASHED_PROPOSER ");
  await chain.node.rest();
  t.equal(walks.length, 0, "not a step for them");
  // Active by then, or may be.
  const first = [0, 1, 3].map((index) => ask(index));
  const same = ask(1);
  const rest = Array.from({ length: 14 }, (_, index) => ask(index + 10));
  await chain.node.rest();
  t.equal(walks.length, 1, "one at a time");
  const busy = `GASPER_WALKS_BUSY ${timeOf(901)}`;
  t.equal(await ask(30), busy, "sixteen wait");
  t.equal(await ask(1, 204), busy, "one turn each");
  for (let at = 0; at < 17; at++) {
    t.equal(walks.length, at + 1);
    walks[at]?.();
    await chain.node.rest();
  }
  t.same(new Set(await Promise.all([...first, same, ...rest])), new Set([refused]), "each has had its turn");
  // Over the head, for the epoch that it is: nobody is before it.
  (fake as { head: () => unknown }).head = () => ({ root: block.id, slot: 1 });
  void ask(6, 204);
  void ask(7, 900);
  void ask(8, 900);
  await chain.node.rest();
  t.equal(walks.length, 17 + 3);
  const waiting = ask(9);
  turns.walks.stop();
  for (const end of walks) end();
  t.equal(await waiting, "GASPER_MOVING_STOPPED ");
  t.equal(walks.length, 17 + 3, "nobody begins after the end");
});

t.test("a proposer's third block of a slot waits for the next slot", async (t) => {
  const chain = await RealChain.start();
  const trunk = await chain.row(chain.genesis, 1, 5);
  const parent = trunk.at(-1) as Made;
  await chain.begin(6);
  const proposer = await chain.proposerOf(parent, 6);
  const bad = (byte: number, wish: Wish = {}) =>
    chain.make(parent, 6, { header: { stateRoot: Hash.from(new Uint8Array(32).fill(byte)) }, ...wish });
  t.equal(worded(await chain.import(await bad(1))), "invalid BLOCK_STATE_ROOT");
  for (let forged = 2; forged < 5; forged++)
    t.equal(worded(await chain.import(await bad(forged, { sealedBy: other(proposer) }))), "invalid GASPER_SEAL_SIGNATURE");
  t.equal(worded(await chain.import(await bad(5))), "invalid BLOCK_STATE_ROOT");
  const third = await chain.make(parent, 6);
  t.equal(worded(await chain.import(third)), "not-yet GASPER_SLOT_EQUIVOCATION");
  t.equal(
    worded(await chain.import(await bad(6, { sealedBy: other(proposer) }))),
    "invalid GASPER_SEAL_SIGNATURE",
    "it has no place in the queue",
  );
  t.equal(chain.node.height, 5);
  await chain.begin(7);
  await chain.node.headIs(third.id);

  const clock = new SlotClock(GENESIS_TIME_MS, SLOT_MS, 4);
  const turns = new ProposalTurns(clock);
  const root = (number: number) => Hash.from(new Uint8Array(32).fill(number));
  const admitted = (slot: number, by: number, now: number) => {
    let count = 0;
    for (let number = 1; number <= 40; number++)
      try {
        turns.admit(slot, by, root(number), timeOf(now));
        count++;
      } catch (error) {
        t.match(error, { code: "CONSENSUS_NOT_YET", data: { code: "GASPER_SLOT_EQUIVOCATION", retryAtMs: timeOf(now + 1) } });
      }
    return count;
  };
  t.same([admitted(20, 3, 20), admitted(20, 4, 20), admitted(20, 3, 21), admitted(20, 3, 22)], [2, 2, 10, 18]);
  t.same([turns.counts(20, timeOf(27)), turns.counts(20, timeOf(28))], [true, false], "for two epochs");
  t.equal(turns.size, 2);
  admitted(28, 3, 28);
  t.equal(turns.size, 1);
  for (let by = 0; by < 5_000; by++) turns.admit(28, by, root(1), timeOf(28));
  t.equal(turns.size, 4_096);
});

/** What validators own by the registry is what the escrow holds. */
function checkMoney(t: Test, chain: RealChain): void {
  const { ledger, engine } = chain.node;
  const view = chain.node.view();
  const { balance } = ledger.describeAccount(ESCROW, view) as { readonly balance: string };
  const held = engine.holdings(view);
  t.equal(held.amount, BigInt(balance), "stakes lie in the escrow, to the unit");
}

/** Votes one by one, as gossip has them. */
async function single(chain: RealChain, head: { readonly id: Hash }, slot: number): Promise<Uint8Array[]> {
  const each = Array.from({ length: VALIDATORS }, (_, voter) => chain.votes(head, slot, (index) => index === voter));
  return (await Promise.all(each)).flat().map(encodeAttestation);
}

/** Verdicts on votes: signatures are gathered for a moment. */
async function hear(chain: RealChain, votes: readonly Uint8Array[]): Promise<unknown[]> {
  const verdicts = votes.map((vote) => chain.node.engine.onMessage("attestations", vote));
  await chain.node.rest();
  chain.node.time.advance(100);
  return Promise.all(verdicts);
}

for (const how of ["clean", "crash"] as const)
  t.test(`after a ${how === "clean" ? "clean stop" : "crash"} head, justified and finalized are what they were`, async (t) => {
    const chain = await RealChain.start();
    const trunk = await chain.row(chain.genesis, 1, 18);
    const [fork, tip] = trunk.slice(-2) as [Made, Made];
    // Two branches: one has the votes that a block brought, the other one has more of them by gossip.
    const side = await chain.extend(fork, 19);
    const main = await chain.extend(tip, 20, { payload: { attestations: await chain.votes(tip, 18) } });
    await chain.begin(21);
    t.equal(chain.choice[0], Hash.key(main.id));
    if (how === "clean") {
      const gossip = [...(await single(chain, side, 20)), ...(await single(chain, side, 19))];
      t.equal(gossip.length, 4);
      t.same(await hear(chain, gossip), ["accept", "accept", "accept", "accept"]);
      await chain.begin(22);
    }
    const before = chain.choice;
    const head = how === "clean" ? side : main;
    t.equal(before[0], Hash.key(head.id));
    t.not(before[2], Hash.key(chain.genesis.id), "something is final");
    const again = await chain.restart(how);
    t.same(again.choice, before, "votes of gossip come with the snapshot, others with blocks");
    const shown = { finalized: { root: before[2] }, justified: { root: before[1] } };
    t.match(again.node.engine.status(), shown);
    await again.begin(23);
    t.same(again.choice, before);
    const next = await again.extend(head, 23);
    t.equal(again.node.head, Hash.key(next.id), "and the chain goes on");
    await again.node.stop();
  });

t.test("what is final is never left, whatever weight is elsewhere", async (t) => {
  const chain = await RealChain.start();
  const rival = await RealChain.start();
  const blocks = await chain.row(chain.genesis, 1, 20);
  const { finalized } = chain.node.chain;
  t.ok(finalized.header.height >= 8);
  const before = chain.node.head;
  // The same validators on another branch: all slots but the first, so it is another history.
  const branch = await rival.row(rival.genesis, 2, 28);
  await chain.begin(30);
  for (const [index, block] of branch.entries()) {
    const verdict = await chain.import(block);
    t.not(verdict.status, "imported", `block ${index}`);
  }
  t.equal(chain.node.head, before);
  t.equal(Hash.key(chain.node.chain.finalized.id), Hash.key(finalized.id));
  // Votes for what is out are no news, and nothing is kept of them.
  t.same(await hear(chain, await single(rival, branch.at(-1) as Made, 28)), ["ignore", "ignore"]);
  t.equal((await chain.extend(blocks.at(-1) as Made, 31)).block.header.height, 21);
});

t.test("a block between what is final and its epoch, and who stands on it, are stale and no fault", async (t) => {
  const chain = await RealChain.start();
  const early = await chain.row(chain.genesis, 1, 7);
  const root = early.at(-1) as Made;
  // Slot 8, the first of epoch 2, stays empty at first: the epoch's checkpoint is the block of slot 7.
  let last = root;
  for (let slot = 9; chain.node.chain.finalized.header.height < 7 && slot < 24; slot++) {
    const attestations = await chain.votes(last, slot - 1);
    last = await chain.extend(last, slot, { payload: { attestations } });
  }
  t.equal(Hash.key(chain.node.chain.finalized.id), Hash.key(root.id));
  const withheld = await chain.make(root, 8);
  t.match(await chain.import(withheld), { status: "imported", canonical: false });
  const { slot } = chain.state();
  await chain.begin(slot + 2);
  const above = await chain.make(withheld, slot + 1);
  t.match(await chain.import(above), { status: "imported", canonical: false });
  t.equal(chain.node.head, Hash.key(last.id));
  // Nor at the next start, where both lie in the tree.
  const again = await chain.restart("crash");
  t.equal(again.node.head, Hash.key(last.id));
  t.ok(await again.extend(last, slot + 3));
});

t.test("a start with a clock that was set back goes on from the head all the same", async (t) => {
  const chain = await RealChain.start();
  const blocks = await chain.row(chain.genesis, 1, 6);
  chain.node.time.setBack(3 * SLOT_MS);
  const again = await chain.restart("crash");
  t.equal(again.node.head, Hash.key((blocks.at(-1) as Made).id));
});

t.test("a loaded state is begun with in the weak subjectivity period, and after it only if told so", async (t) => {
  for (const oldCheckpoint of ["refuse", "accept"] as const) {
    const chain = await RealChain.start({}, { oldCheckpoint });
    const blocks = await chain.row(chain.genesis, 1, 16);
    const { finalized, head } = chain.node.chain;
    const { id } = finalized;
    const { epoch } = chain.state(id);
    const { engine } = chain.node;
    const loaded = { blocks: [finalized], head: id, justified: id, finalized: id };
    // Four epochs to withdrawal; eight validators turn over in less than one more.
    await chain.begin(4 * (epoch + 5));
    const refused = engine.restore(loaded);
    if (oldCheckpoint === "refuse")
      await t.rejects(refused, { code: "GASPER_CHECKPOINT_TOO_OLD", data: { ageEpochs: 5, periodEpochs: 4 } });
    else await refused;
    const stored = blocks
      .flatMap(({ id }) => chain.node.chain.header(id) ?? [])
      .filter(({ header }) => header.height >= finalized.header.height);
    await engine.restore({ ...loaded, blocks: stored, head: head.id });
    t.match(engine.status(), { headSlot: 16 }, "a node that was away knows its own chain");
  }
  const chain = await RealChain.start();
  await chain.row(chain.genesis, 1, 16);
  const { finalized } = chain.node.chain;
  const { id } = finalized;
  await chain.begin(4 * (chain.state(id).epoch + 4) + 3);
  await chain.node.engine.restore({ blocks: [finalized], head: id, justified: id, finalized: id });
  t.match(chain.node.engine.status(), { headSlot: finalized.header.height }, "in its last slot");
});

t.test("who proposes twice is caught, accused, and loses what the rules say", async (t) => {
  const chain = await RealChain.start({ rewards: { baseRewardFactor: 0 }, lifecycle: { maxSeedLookaheadEpochs: 8 } });
  const trunk = await chain.row(chain.genesis, 1, 5, () => false);
  const parent = trunk.at(-1) as Made;
  const guilty = await chain.proposerOf(parent, 6);
  await chain.begin(6);
  const first = await chain.make(parent, 6);
  const second = await chain.make(trunk.at(-2) as Made, 6);
  t.equal(worded(await chain.import(first)), "imported");
  t.same(chain.node.published, []);
  await chain.import(second);
  const [message, ...more] = chain.node.published;
  t.same([message?.channel, more.length], ["slashings", 0], "one piece of evidence is told to everybody");
  const evidence = decodePayload(message?.message ?? new Uint8Array(0), codecLimitsOf(chain.parameters.spec));
  t.equal(evidence.proposerSlashings.length, 1);

  const before = chain.state(first.id);
  const includer = await chain.proposerOf(first, 7);
  const punished = await chain.extend(first, 7, { payload: { proposerSlashings: evidence.proposerSlashings } });
  const after = chain.state(punished.id);
  const effective = 32 * INCREMENT;
  const [penalty, reward] = [effective / 32, effective / 512];
  t.equal(after.isSlashed(guilty), true);
  const change = (index: number) => after.balance(index) - before.balance(index);
  t.equal(change(guilty), guilty === includer ? reward - penalty : -penalty);
  if (guilty !== includer) t.equal(change(includer), reward);
  t.same([after.exitEpoch(guilty), after.withdrawableEpoch(guilty)], [1 + 1 + 8, 1 + 16], "it leaves, and waits for its stake");
  checkMoney(t, chain);

  // Its next slot stays empty, whatever it signs for it.
  let slot = 8;
  while ((await chain.proposerOf(punished, slot)) !== guilty) slot++;
  await chain.begin(slot);
  const randaoReveal = blsSign(keyOf(guilty), randaoSigningRoot(chain.parameters.chainHash, Math.floor(slot / 4)));
  const forbidden = await chain.make(punished, slot - 1, {
    extra: encodeExtra({ proposerIndex: guilty, randaoReveal }),
    header: { proposer: accountOf(guilty), timestampMs: timeOf(slot) },
    sealedBy: guilty,
  });
  t.equal(worded(await chain.import(forbidden)), "invalid GASPER_SLASHED_PROPOSER");
});
