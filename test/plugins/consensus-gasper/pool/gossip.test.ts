/** Every condition of gossip with its verdict, what waits and is judged again, batches, and what a flood can't do. */
import t, { type Test } from "tap";
import { type Hash, type HeaderRecord, present } from "../../../../core/sdk.js";
import {
  attestationSigningRoot,
  encodeAggregateAndProof,
  encodeAttestation,
  encodePayload,
  selectionSigningRoot,
} from "../../../../plugins/consensus-gasper/codec/index.js";
import { isAggregator } from "../../../../plugins/consensus-gasper/duties/index.js";
import { GasperFault } from "../../../../plugins/consensus-gasper/errors.js";
import { CommitteeSource } from "../../../../plugins/consensus-gasper/pool/committee-source.js";
import { EpochMarks } from "../../../../plugins/consensus-gasper/pool/epoch-marks.js";
import {
  accusedBy,
  decodeEvidence,
  encodeEvidence,
  GOSSIP_CONDITIONS,
  GossipCode,
  gossipChannels,
  verdictOf,
} from "../../../../plugins/consensus-gasper/pool/index.js";
import { SeenAggregates } from "../../../../plugins/consensus-gasper/pool/seen-aggregates.js";
import { describeStatus } from "../../../../plugins/consensus-gasper/status.js";
import type { AttestationData, AttesterSlashing, IndexedAttestation } from "../../../../plugins/consensus-gasper/types.js";
import { hashOf } from "../state/fixtures.js";
import { LIMITS, settled, setUp, signBy, type TestChain, VALIDATORS } from "./fixtures.js";

const INFINITY = new Uint8Array(96);
INFINITY[0] = 0xc0;
const SLOT = 9;

const produced = new Set<string>();
/** Checks a code, and remembers that it was seen. */
function is(t: Test, found: string, wanted: string, what = wanted): void {
  produced.add(found);
  t.equal(found, wanted, what);
}

/** A chain with a block in each slot up to `SLOT`, in whose slot it is. */
async function begin(options: Parameters<typeof setUp>[0] = {}) {
  const world = setUp(options);
  const roots = await world.chain.chain(SLOT);
  world.chain.at(SLOT);
  const head = present(roots[SLOT], "there are blocks");
  return { ...world, roots, head, data: await world.chain.data(SLOT, 0, head) };
}

async function indexed(chain: TestChain, data: AttestationData, positions: readonly number[]): Promise<IndexedAttestation> {
  const members = await chain.committee(data);
  const { signature } = await chain.attest(data, positions);
  return { data, indices: Uint32Array.from(positions, (position) => members[position] as number).sort(), signature };
}

/** A member of the committee that is, or is not, picked to aggregate. */
async function member(chain: TestChain, data: AttestationData, isPicked: boolean): Promise<number> {
  const members = await chain.committee(data);
  const message = selectionSigningRoot(chain.chainHash, data.slot);
  return present(
    [...members].find((validator) => isAggregator(members.length, signBy(validator, message), 2) === isPicked),
    "some are picked and some are not",
  );
}

t.test("single votes", async (t) => {
  const { chain, vote, data, head, roots, pool, judge } = await begin();
  const good = await chain.attest(data, [3]);

  is(t, await vote(await chain.attest(data, [0, 1])), GossipCode.notSingle, "two bits");
  is(t, await vote({ ...good, bits: new Uint8Array(1) }), GossipCode.notSingle, "no bit");
  is(t, await vote({ ...good, bits: Uint8Array.of(8, 0) }), GasperFault.attestationBits, "too many bytes of bits");
  is(t, await vote({ ...good, bits: Uint8Array.of(0, 1) }), GasperFault.attestationBits, "a bit beyond the committee");
  is(t, await vote({ ...good, bits: Uint8Array.of(16) }), GasperFault.attestationSignature, "another member's bit");
  is(t, await vote({ ...good, data: { ...data, committeeIndex: 1 } }), GasperFault.attestationSignature, "another committee");
  is(t, await vote({ ...good, data: { ...data, committeeIndex: 2 } }), GasperFault.attestationCommittee, "no such committee");
  is(t, await vote({ ...good, data: { ...data, target: { ...data.target, epoch: 1 } } }), GasperFault.attestationTarget);
  is(t, await vote({ ...good, data: { ...data, source: { epoch: 2, root: head } } }), GossipCode.sourceEpoch);
  is(t, await vote({ ...good, signature: INFINITY }), GossipCode.infinity);
  is(t, await vote({ ...good, signature: new Uint8Array(96) }), GasperFault.attestationSignature, "no point");
  is(
    t,
    await vote({ ...good, signature: signBy(0, hashOf("anything")) }),
    GasperFault.attestationSignature,
    "a signature of something else",
  );
  is(t, await vote({ ...good, data: { ...data, target: { epoch: 2, root: hashOf("elsewhere") } } }), GossipCode.targetNotAncestor);
  const early = await chain.data(8, 0, present(roots[8], "a block"));
  is(t, await vote(await chain.attest({ ...early, headRoot: head }, [0], await chain.committee(early))), GossipCode.headAfterSlot);
  t.equal(pool.size, 0, "nothing of it counts");
  t.equal(chain.applied.length, 0);

  const twice = await Promise.all([vote(good), vote(good)]);
  t.same(twice, [GossipCode.accepted, GossipCode.voteSeen], "twice at once");
  produced.add(GossipCode.accepted);
  t.equal(chain.applied.length, 1, "it counts once");
  t.same([...present(chain.applied[0], "applied").indices], [(await chain.committee(data))[3]]);
  is(t, await vote(good), GossipCode.voteSeen);
  t.equal(chain.applied.length, 1);
  is(t, await judge.judgeInDetail("attestations", encodeAttestation(good).slice(1)), GossipCode.encoding);
  is(t, await judge.judgeInDetail("attestations", new Uint8Array(0)), GossipCode.encoding);
  is(t, await judge.judgeInDetail("blocks", encodeAttestation(good)), GossipCode.channel);
  t.equal(await judge.judge("attestations", encodeAttestation(good)), "ignore");
  t.equal(await judge.judge("blocks", encodeAttestation(good)), "reject");
  t.equal(chain.metrics.counts.get(`gasper_gossip_messages attestations ${GossipCode.voteSeen}`), 3, "what was judged is counted");

  is(
    t,
    await judge.onOwnVote({ ...(await chain.attest(data, [5])), signature: signBy(1, hashOf("unseen")) }),
    GossipCode.accepted,
    "own: not verified",
  );
  is(t, await judge.onOwnVote(await chain.attest(data, [5])), GossipCode.voteSeen);
});

t.test("the window of time", async (t) => {
  const { chain, vote, roots, head, judge } = await begin();
  const attestation = async (slot: number, position: number, headRoot = present(roots[Math.min(slot, SLOT)], "a block")) =>
    chain.attest(await chain.data(slot, 1, headRoot), [position]);
  chain.at(11);
  is(t, await vote(await attestation(4, 0)), GossipCode.accepted, "the first slot of the previous epoch");
  is(t, await vote(await attestation(3, 0)), GasperFault.attestationAncient, "the last slot before it");
  chain.at(12, 100);
  is(t, await vote(await attestation(4, 1)), GossipCode.accepted, "a new epoch, for clocks that are a little late");
  chain.at(12, 130);
  is(t, await vote(await attestation(4, 2)), GasperFault.attestationAncient, "an eighth of a slot into it");
  chain.at(9, 880);
  is(t, await vote(await attestation(10, 0)), GossipCode.accepted, "an eighth of a slot before it begins");
  chain.at(9, 870);
  is(t, await vote(await attestation(10, 1)), GasperFault.attestationFuture);
  is(t, await vote(await attestation(11, 1)), GasperFault.attestationFuture);
  t.equal(judge.waitingMessages, 1, "one slot ahead it waits, further it does not");
  chain.at(10, 0);
  judge.onSlot(10);
  await settled(() => chain.published.length === 1);
  t.equal(judge.waitingMessages, 0);
  is(t, await vote(await attestation(10, 1)), GossipCode.voteSeen, "it was counted when its slot began");
  t.equal(chain.applied.at(-1)?.data.slot, 10);
  t.same(head, roots[SLOT]);

  const first = setUp();
  first.chain.at(0, -500);
  const genesisVote = await first.chain.attest(await first.chain.data(0, 0, first.chain.genesis), [0]);
  is(t, await first.vote(genesisVote), GasperFault.attestationFuture, "before genesis");
  first.chain.at(0, 1);
  first.judge.onSlot(0);
  await settled(() => first.chain.applied.length === 1);
  t.pass("genesis has votes");
});

t.test("a vote for an unknown block waits for it", async (t) => {
  const { chain, vote, judge, data, head } = await begin({ maxWaitingMessages: 8, maxWaitingPerBlock: 4 });
  const late = hashOf("late block");
  const members = await chain.committee(data);
  const waiting = await chain.attest({ ...data, headRoot: late }, [1], members);
  const wrong = { ...(await chain.attest({ ...data, headRoot: late }, [2], members)), signature: signBy(0, hashOf("x")) };
  is(t, await vote(waiting), GossipCode.unknownHead);
  is(t, await vote(waiting), GossipCode.unknownHead, "from another peer");
  is(t, await vote(wrong), GossipCode.unknownHead);
  t.equal(judge.waitingMessages, 2, "each waits once");
  judge.onBlock(head);
  t.equal(judge.waitingMessages, 2, "another block");
  await chain.extend(head, 9, "late block").catch(() => undefined);
  judge.onBlock(late);
  await settled(() => chain.published.length > 0);
  t.equal(judge.waitingMessages, 0);
  t.same(chain.published, [{ channel: "attestations", bytes: encodeAttestation(waiting) }], "what is valid goes on, what is not does not");
  t.equal(chain.applied.length, 1);
  t.notOk(chain.metrics.counts.has(`gasper_gossip_messages attestations ${GossipCode.voteSeen}`), "and each is judged once");

  for (let i = 0; i < 100; i++) await vote({ ...waiting, data: { ...data, headRoot: hashOf(`junk ${i}`) } });
  t.equal(judge.waitingMessages, 8, "a flood fills the room and no more");
  for (let i = 0; i < 20; i++) await vote({ ...waiting, data: { ...data, headRoot: hashOf("same"), committeeIndex: i } });
  t.equal(judge.waitingMessages, 8);
  chain.at(30);
  judge.onSlot(30);
  t.equal(judge.waitingMessages, 0, "what is too old goes");
});

t.test("branches", async (t) => {
  const { chain, vote, roots, head, data, judge } = await begin();
  const fork = await chain.extend(present(roots[2], "a block"), 9, "fork");
  chain.headRoot = head;
  const forked = await chain.data(9, 1, fork);
  const members = await chain.committee(forked);
  is(t, await vote(await chain.attest(forked, [0])), GossipCode.accepted, "a branch that is not the head's");
  is(t, await vote(await chain.attest({ ...forked, target: data.target }, [1], members)), GossipCode.targetNotAncestor);
  chain.final = { epoch: 1, root: present(roots[4], "a block") };
  is(t, await vote(await chain.attest(forked, [1])), GossipCode.offFinalized);
  is(t, await vote(await chain.attest(data, [1])), GossipCode.accepted, "on the finalized branch");
  chain.final = { epoch: 0, root: chain.genesis };

  // Committees that cost a walk: unsigned votes for old blocks buy none.
  chain.at(23);
  const bought = chain.shufflings;
  const voteFor = (headRoot: Hash, epoch: number, slot: number, position = 1) => ({
    data: { slot, committeeIndex: 0, headRoot, source: forked.source, target: { epoch, root: headRoot } },
    bits: Uint8Array.of(position),
    signature: signBy(0, headRoot),
  });
  for (let slot = 1; slot <= 7; slot++)
    is(t, await vote(voteFor(present(roots[slot], "a block"), 5, 23)), GossipCode.noCommittees, `a vote of epoch 5 for slot ${slot}`);
  t.equal(chain.shufflings, bought);
  t.equal(judge.waitingMessages, 0, "and are not waited for");
  chain.at(24);
  t.equal(verdictOf(GossipCode.noCommittees), "ignore");
});

t.test("a vote that the slot's budget has no committees for waits for the next slot", async (t) => {
  const { chain, vote, roots, head, judge } = await begin();
  const forks: Hash[] = [];
  for (const [at, slot] of [0, 1, 2].entries()) forks.push(await chain.extend(present(roots[slot], "a block"), 7, `fork ${at}`));
  chain.headRoot = head;
  const found: string[] = [];
  for (const fork of forks) found.push(await vote(await chain.attest(await chain.data(SLOT, 0, fork), [forks.indexOf(fork)])));
  t.same(found, [GossipCode.accepted, GossipCode.accepted, GossipCode.noCommittees], "two branches a slot");
  t.equal(judge.waitingMessages, 1);
  chain.at(SLOT + 1);
  judge.onSlot(SLOT + 1);
  await settled(() => chain.published.length === 1);
  t.equal(chain.applied.length, 3, "it is judged with the next slot's");
  t.equal(judge.waitingMessages, 0);
});

t.test("votes that wait for committees are bounded, this node's own are not", async (t) => {
  const { chain, vote, data, judge } = await begin({ maxCommitteeWaits: 2 });
  const votes = await Promise.all([0, 1, 2, 3].map((position) => chain.attest(data, [position])));
  const shuffling = chain.shuffling.bind(chain);
  let open = () => {};
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  chain.shuffling = async (epoch, root) => {
    await held;
    return shuffling(epoch, root);
  };
  const [first, second, third, own] = votes.map((attestation) => present(attestation, "four"));
  const waiting = [vote(present(first, "four")), vote(present(second, "four"))];
  is(t, await vote(present(third, "four")), GossipCode.busy);
  const ownOutcome = judge.onOwnVote(present(own, "four"));
  open();
  t.same(await Promise.all([...waiting, ownOutcome]), [GossipCode.accepted, GossipCode.accepted, GossipCode.accepted]);
  is(t, await vote(present(third, "four")), GossipCode.accepted, "there is room again");
});

t.test("nobody makes a node compute old committees in turn", async (t) => {
  let slot = 0;
  let blockSlot = 8;
  const chain = {
    currentSlot: () => slot,
    clock: { epochOf: (at: number) => Math.floor(at / 4) },
    block: () => ({ slot: blockSlot }),
    head: () => ({ root: hashOf("head") }),
    decisionRoot: (_: number, root: Uint8Array) => root,
    shuffling: async () => ({}),
  };
  const source = new CommitteeSource(chain as unknown as TestChain);
  const isHad = async (name: string) => (await source.of(3, hashOf(name))) !== undefined;
  for (; slot < 10; slot++) {
    t.ok((await isHad("head")) && (await isHad(`a ${slot}`)) && (await isHad(`b ${slot}`)));
    t.notOk(await isHad(`c ${slot}`), "the slot's budget is spent");
  }
  slot = 9;
  t.ok((await isHad("a 9")) && (await isHad("a 7")) && (await isHad("head")), "lately admitted");
  t.notOk((await isHad("a 0")) || (await isHad("b 3")), "long ago: it costs again");
  t.ok(source.isPutOff(3, hashOf("a 0")), "in the next slot");
  t.notOk(source.isPutOff(3, hashOf("a 9")) || source.isPutOff(3, hashOf("head")));
  slot = 10;
  t.notOk(source.isPutOff(3, hashOf("a 0")));
  blockSlot = 7;
  t.notOk(await isHad("a 0"), "a block from before the epoch before: there would be a walk to make");
  t.ok((await isHad("a 9")) && (await isHad("head")), "unless it was made already");
  slot = 9;
  t.notOk(source.isPutOff(3, hashOf("a 0")), "so that nobody need wait for it");
});

t.test("committees or keys that are not to be had", async (t) => {
  const { chain, vote, data, aggregate } = await begin();
  const good = await chain.attest(data, [0]);
  const { shuffling } = chain;
  chain.shuffling = () => Promise.reject(new Error("not kept"));
  is(t, await vote(good), GossipCode.noCommittees, "the state is not kept");
  chain.shuffling = shuffling;
  const committees = await chain.shuffling(data.target.epoch, data.headRoot);
  const proved = await chain.prove(await chain.attest(data, [0, 1]), await member(chain, data, true));
  const { stateOf } = chain;
  chain.shuffling = async () => committees;
  chain.stateOf = () => undefined;
  is(t, await vote(good), GossipCode.noCommittees, "nor who the numbers are");
  is(t, await aggregate(proved), GossipCode.noCommittees);
  chain.stateOf = stateOf;
  chain.shuffling = shuffling;
  is(t, await vote(good), GossipCode.accepted);
});

t.test("keys are those of the branch", async (t) => {
  const { chain, vote, data, head, judge } = await begin();
  const members = await chain.committee(data);
  const [own, other] = [present(members[0], "a member"), present(members[1], "a member")];
  chain.change(head, (state) => {
    const [a, b] = [state.publicKey(own), state.publicKey(other)];
    state.columns.publicKeys.put(own * 48, b);
    state.columns.publicKeys.put(other * 48, a);
  });
  const root = attestationSigningRoot(chain.chainHash, data);
  const cast = await chain.attest(data, [0]);
  is(t, await vote(cast), GasperFault.attestationSignature, "there it is another validator's number");
  is(t, await vote({ ...cast, signature: signBy(other, root) }), GossipCode.accepted);
  const [first, second] = ["a", "b"].map((name) => chain.seal(own, 5, name, other).header);
  const slashing = { first: present(first, "two"), second: present(second, "two") };
  const evidence = encodeEvidence({ kind: "proposer", slashing });
  is(t, await judge.judgeInDetail("slashings", evidence), GossipCode.accepted, "and in evidence");
});

t.test("aggregates", async (t) => {
  const { chain, aggregate, data, pool, judge } = await begin();
  const members = await chain.committee(data);
  const picked = await member(chain, data, true);
  const unpicked = await member(chain, data, false);
  const outsider = present(
    [...Array(VALIDATORS).keys()].find((validator) => !members.includes(validator)),
    "somebody else",
  );
  const five = await chain.attest(data, [0, 1, 2, 3, 4]);
  const good = await chain.prove(five, picked);

  is(t, await aggregate({ ...good, aggregate: { ...five, bits: new Uint8Array(1) } }), GasperFault.attestationBits, "nobody");
  is(t, await aggregate({ ...good, aggregate: { ...five, bits: Uint8Array.of(31, 0) } }), GasperFault.attestationBits);
  is(t, await aggregate(await chain.prove(five, unpicked)), GossipCode.notAggregator);
  is(t, await aggregate(await chain.prove(five, outsider)), GossipCode.aggregatorCommittee);
  is(t, await aggregate({ ...good, selectionProof: INFINITY }), GossipCode.infinity);
  is(t, await aggregate({ ...good, signature: INFINITY }), GossipCode.infinity);
  is(t, await aggregate({ ...good, aggregate: { ...five, signature: INFINITY } }), GossipCode.infinity);
  is(t, await aggregate({ ...good, signature: good.selectionProof }), GossipCode.aggregateSignature);
  const borrowed = signBy(
    present(
      [...members].find((v) => v !== picked && isAggregator(8, signBy(v, selectionSigningRoot(chain.chainHash, SLOT)), 2)) ?? outsider,
      "one",
    ),
    selectionSigningRoot(chain.chainHash, SLOT),
  );
  const code = await aggregate(await chain.prove(five, picked, { selectionProof: borrowed }));
  t.ok(code === GossipCode.selectionProof || code === GossipCode.notAggregator, "somebody else's proof");
  const proofs = Array.from({ length: 64 }, (_, i) => signBy(picked, hashOf(`try ${i}`)));
  const lucky = present(
    proofs.find((proof) => isAggregator(8, proof, 2)),
    "one of 64 fits",
  );
  is(t, await aggregate(await chain.prove(five, picked, { selectionProof: lucky })), GossipCode.selectionProof, "a proof of another slot");
  const claimed = { ...five, bits: Uint8Array.of(0b111111) };
  is(t, await aggregate(await chain.prove(claimed, picked)), GasperFault.attestationSignature, "one bit more than signed");
  is(
    t,
    await aggregate({ ...good, aggregate: { ...five, data: { ...data, slot: 30, target: { ...data.target, epoch: 7 } } } }),
    GasperFault.attestationFuture,
  );
  t.equal(pool.size, 0);

  is(t, await aggregate(good), GossipCode.accepted);
  t.same(
    [...present(chain.applied[0], "applied").indices],
    [...members.subarray(0, 5)].sort((a, b) => a - b),
    "voters ascend",
  );
  is(t, await aggregate(good), GossipCode.aggregatorSeen);
  is(
    t,
    await aggregate(await chain.prove(await chain.attest(data, [0, 1, 2, 3, 4, 5]), picked)),
    GossipCode.aggregatorSeen,
    "once an epoch",
  );

  const second = await chain.data(SLOT, 1, data.headRoot);
  const others = await chain.committee(second);
  const message = selectionSigningRoot(chain.chainHash, SLOT);
  const pickedOthers = [...others].filter((validator) => isAggregator(8, signBy(validator, message), 2));
  if (pickedOthers.length > 1) {
    is(t, await aggregate(await chain.prove(await chain.attest(second, [0, 1, 2]), pickedOthers[0] as number)), GossipCode.accepted);
    is(t, await aggregate(await chain.prove(await chain.attest(second, [1, 2]), pickedOthers[1] as number)), GossipCode.aggregateCovered);
    is(t, await aggregate(await chain.prove(await chain.attest(second, [1, 2, 3]), pickedOthers[1] as number)), GossipCode.accepted);
  }
  t.ok(pickedOthers.length > 1, "the keys make two aggregators");
  is(t, await judge.judgeInDetail("aggregates", encodeAggregateAndProof(good).slice(0, 99)), GossipCode.encoding);

  const late = hashOf("late aggregate's block");
  const waiting = await chain.prove(await chain.attest({ ...data, slot: SLOT, headRoot: late }, [6, 7], members), picked);
  is(t, await aggregate(waiting), GossipCode.unknownHead);
  t.equal(judge.waitingMessages, 1);
});

t.test("a second vote is evidence, whichever of the two comes first", async (t) => {
  const { chain, vote, data, slashings, roots } = await begin();
  const other = { ...data, headRoot: present(roots[8], "a block") };
  const members = await chain.committee(data);
  is(t, await vote(await chain.attest(data, [0])), GossipCode.accepted);
  const lie = { ...(await chain.attest(other, [0])), signature: signBy(9, hashOf("not his")) };
  is(t, await vote(lie), GasperFault.attestationSignature, "nobody is accused by what others sign");
  t.equal(slashings.attesterSlashings, 0);
  is(t, await vote(await chain.attest(other, [0])), GossipCode.doubleVote);
  t.equal(slashings.attesterSlashings, 1);
  t.same([...chain.equivocated], [members[0]]);
  t.equal(chain.published.length, 1);
  const { channel, bytes } = present(chain.published[0], "evidence");
  t.equal(channel, "slashings");
  const evidence = present(decodeEvidence(bytes, LIMITS), "evidence");
  t.equal(evidence.kind, "attester");
  t.equal(chain.metrics.counts.get("gasper_offences_found double_vote"), 1);
  const calls = chain.calls;
  is(
    t,
    await vote(await chain.attest({ ...data, source: { epoch: 0, root: hashOf("x") } }, [0])),
    GossipCode.voteSeen,
    "a third is no news",
  );
  t.equal(chain.calls, calls, "and not verified");

  const [a, b] = await Promise.all([vote(await chain.attest(data, [1])), vote(await chain.attest(other, [1]))]);
  t.same([a, b].sort(), [GossipCode.accepted, GossipCode.doubleVote], "both at once");
  t.equal(slashings.attesterSlashings, 2);

  // Another node learns of it.
  const node = await begin();
  is(t, await node.judge.judgeInDetail("slashings", bytes), GossipCode.accepted);
  t.same([...node.chain.equivocated], [members[0]]);
  is(t, await node.judge.judgeInDetail("slashings", bytes), GossipCode.evidenceKnown);
  t.equal(node.chain.published.length, 0, "core passes it on");
});

t.test("evidence against voters", async (t) => {
  const { chain, judge, data, head, roots, slashings } = await begin();
  const send = (slashing: AttesterSlashing) => judge.judgeInDetail("slashings", encodeEvidence({ kind: "attester", slashing }));
  const other = { ...data, headRoot: present(roots[8], "a block") };
  const first = await indexed(chain, data, [0, 1, 2]);
  const second = await indexed(chain, other, [1, 2, 3]);
  const inner = { ...data, source: { epoch: 2, root: head }, target: { epoch: 3, root: head } };
  const outer = { ...data, source: { epoch: 1, root: head }, target: { epoch: 4, root: head } };
  const make = async (vote: AttestationData, positions: readonly number[]): Promise<IndexedAttestation> => {
    const members = await chain.committee(data);
    const { signature } = await chain.attest(vote, positions, members);
    return { data: vote, indices: Uint32Array.from(positions, (p) => members[p] as number).sort(), signature };
  };
  is(t, await send({ first, second: first }), GasperFault.attesterEvidence, "twice the same vote");
  is(t, await send({ first, second: await indexed(chain, other, [4, 5]) }), GasperFault.attesterEvidence, "nobody in common");
  is(
    t,
    await send({ first: await make(inner, [1]), second: await make(outer, [1]) }),
    GasperFault.attesterEvidence,
    "the outer one stands first",
  );
  is(t, await send({ first, second: { ...second, signature: first.signature } }), GasperFault.attesterEvidenceSignature);
  is(t, await send({ first: { ...first, indices: second.indices }, second }), GasperFault.attesterEvidenceSignature, "others' names");
  is(t, await send({ first, second: { ...second, signature: INFINITY } }), GossipCode.infinity);
  is(
    t,
    await send({ first: { ...first, indices: Uint32Array.from([...first.indices, 9_999]) }, second }),
    GasperFault.attesterEvidenceIndices,
  );
  t.equal(slashings.attesterSlashings, 0);
  const common = accusedBy({ first, second });
  const punish = (isSlashed: number) =>
    chain.change(head, (state) => {
      for (const index of common) state.columns.slashed.set(index, isSlashed);
    });
  punish(1);
  is(t, await send({ first, second }), GasperFault.attesterNotSlashable);
  const shown = describeStatus(Object.assign(chain, { isRestored: true }), null);
  t.match(shown, { validators: { total: VALIDATORS, slashed: common.length } }, "the status counts them");
  punish(0);
  is(t, await send({ first, second }), GossipCode.accepted);
  t.same([...chain.equivocated].sort(), [...common].sort());
  is(t, await send({ first, second }), GossipCode.evidenceKnown);
  is(t, await send({ first: await make(outer, [5]), second: await make(inner, [5]) }), GossipCode.accepted, "around");
  is(t, await judge.judgeInDetail("slashings", new Uint8Array(0)), GossipCode.encoding, "nothing");
  const both = encodePayload({
    attestations: [],
    proposerSlashings: [{ first: chain.seal(1, 5, "a").header, second: chain.seal(1, 5, "b").header }],
    attesterSlashings: [{ first, second }],
  });
  is(t, await judge.judgeInDetail("slashings", both), GossipCode.encoding, "two pieces at once");
});

t.test("evidence against proposers", async (t) => {
  const { chain, judge, head, slashings } = await begin();
  const send = (first: HeaderRecord, second: HeaderRecord) =>
    judge.judgeInDetail("slashings", encodeEvidence({ kind: "proposer", slashing: { first: first.header, second: second.header } }));
  const a = chain.seal(7, 5, "a");
  is(t, await send(a, a), GasperFault.proposerEvidence, "twice the same header");
  is(t, await send(a, chain.seal(7, 6, "b")), GasperFault.proposerEvidence, "other slots");
  is(t, await send(a, chain.seal(8, 5, "b")), GasperFault.proposerEvidence, "other proposers");
  is(t, await send(a, chain.seal(7, 5.5, "b")), GasperFault.proposerEvidenceHeader);
  is(t, await send(a, chain.seal(7, 5, "b", 8)), GasperFault.proposerEvidenceSignature, "sealed by another");
  is(t, await send(chain.seal(9_000, 5, "a", 0), chain.seal(9_000, 5, "b", 0)), GasperFault.proposerNotSlashable, "nobody");
  const infinite = { ...a, header: { ...a.header, seal: INFINITY } };
  is(t, await send(infinite, chain.seal(7, 5, "b")), GossipCode.infinity);
  chain.change(head, (state) => state.columns.slashed.set(7, 1));
  is(t, await send(a, chain.seal(7, 5, "b")), GasperFault.proposerNotSlashable, "slashed already");
  chain.change(head, (state) => state.columns.slashed.set(7, 0));
  is(t, await send(a, chain.seal(7, 5, "b")), GossipCode.accepted);
  t.equal(slashings.proposerSlashings, 1);
  is(t, await send(a, chain.seal(7, 5, "c")), GossipCode.evidenceKnown);
  t.equal(chain.equivocated.size, 0, "double proposals take nobody's votes");
});

t.test("signatures are verified together, in order of arrival, and within bounds", async (t) => {
  const { chain, vote, data, judge, aggregate } = await begin({ maxWaitingSets: 8 });
  const votes = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((position) => chain.attest(data, [position])));
  votes[3] = { ...present(votes[3], "eight"), signature: present(votes[2], "eight").signature };
  const codes = await Promise.all(votes.map(vote));
  t.same(
    codes.map((code) => code === GossipCode.accepted),
    [true, true, true, false, true, true, true, true],
    "one bad one spoils nobody else's",
  );
  is(t, codes[3] as string, GasperFault.attestationSignature);
  t.equal(chain.calls, 1, "one call");
  t.same(
    chain.metrics.observed.filter(([name]) => name === "gasper_gossip_batch_sets"),
    [["gasper_gossip_batch_sets", 8]],
  );

  const second = await chain.data(SLOT, 1, data.headRoot);
  const flood = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((position) => chain.attest(second, [position])));
  const tooMany = [
    vote(present(flood[0], "seven")),
    ...flood.slice(1).map(vote),
    aggregate(await chain.prove(await chain.attest(second, [0, 1]), await member(chain, second, true))),
  ];
  const found = await Promise.all(tooMany);
  is(t, found[7] as string, GossipCode.busy, "seven sets wait, three more find no room");
  t.equal(found.filter((code) => code === GossipCode.accepted).length, 7);

  chain.isBroken = true;
  is(t, await vote(await chain.attest(second, [7])), GossipCode.unverified, "the verifier fails");
  chain.isBroken = false;
  is(t, await vote(await chain.attest(second, [7])), GossipCode.accepted, "and it is asked again");

  const { sums } = chain;
  const waiting = vote(present(votes[3], "one that is not known"));
  judge.stop();
  is(t, await waiting, GossipCode.busy, "after the end nothing is verified");
  const slashing = {
    first: await indexed(chain, data, [5]),
    second: await indexed(chain, { ...data, headRoot: chain.ancestorAt(data.headRoot, 8) ?? data.headRoot }, [5]),
  };
  is(t, await judge.judgeInDetail("slashings", encodeEvidence({ kind: "attester", slashing })), GossipCode.busy, "evidence neither");
  t.equal(chain.sums, sums, "nor are keys added up");
  t.equal(judge.waitingSets, 0);
  t.equal(chain.metrics.gauges.get("gasper_gossip_waiting_sets")?.(), 0);
});

t.test("what was seen is remembered within bounds", (t) => {
  const marks = new EpochMarks();
  for (let epoch = 0; epoch < 9; epoch++) t.ok(marks.add(epoch, 70_000));
  t.notOk(marks.add(3, 70_000));
  t.ok(marks.add(3, 70_001));
  t.ok(marks.has(3, 70_001));
  t.notOk(marks.has(4, 70_001) || marks.has(3, 5) || marks.has(9, 1) || marks.has(3, 1_000_000));
  marks.prune(7);
  t.equal(marks.epochs, 2);
  t.notOk(marks.has(3, 70_001));

  const seen = new SeenAggregates(10);
  for (let slot = 0; slot < 50; slot++) for (let bits = 0; bits < 256; bits++) seen.add(hashOf(`vote ${slot}`), slot, Uint8Array.of(bits));
  t.equal(seen.size, 10);
  t.ok(seen.covers(hashOf("vote 49"), Uint8Array.of(0b1010)));
  t.notOk(seen.covers(hashOf("vote 39"), Uint8Array.of(0b1010)), "pushed out");
  seen.prune(48);
  t.equal(seen.size, 2);
  seen.add(hashOf("new"), 49, Uint8Array.of(0b0011));
  t.ok(seen.covers(hashOf("new"), Uint8Array.of(0b0010)));
  t.notOk(seen.covers(hashOf("new"), Uint8Array.of(0b0110)));
  t.end();
});

t.test("the table is closed and complete", (t) => {
  const codes = Object.keys(GOSSIP_CONDITIONS).sort();
  t.same(codes, [...produced].sort(), "each code was produced above");
  for (const code of Object.values(GossipCode)) t.ok(Object.hasOwn(GOSSIP_CONDITIONS, code), code);
  for (const { verdict, meaning } of Object.values(GOSSIP_CONDITIONS)) {
    t.ok(["accept", "ignore", "reject"].includes(verdict));
    t.match(meaning, /\.$/);
  }
  t.same(
    gossipChannels(LIMITS).map(({ name }) => name),
    ["attestations", "aggregates", "slashings"],
  );
  t.end();
});
