/** Blocks: equal to the specification to the unit, and each kind of bad input refused by its code. */
import { createHash } from "node:crypto";
import t, { type Test } from "tap";
import type { Hash, Header } from "../../../../core/sdk.js";
import { Address, ChainwrightError, Hash as Hashes, Height } from "../../../../core/sdk.js";
import { contradict, expectedWithdrawals } from "../../../../plugins/consensus-gasper/block/index.js";
import { encodeExtra } from "../../../../plugins/consensus-gasper/codec/index.js";
import { checkSupply } from "../../../../plugins/consensus-gasper/state/index.js";
import type {
  Attestation,
  AttestationData,
  AttesterSlashing,
  IndexedAttestation,
  ProposerSlashing,
} from "../../../../plugins/consensus-gasper/types.js";
import { describeSpec, describeState, specConfig } from "../epoch/twins.js";
import {
  accountOf,
  BAD_SIGNATURE,
  balanceOf,
  CHAIN_HASH,
  chainOf,
  escrowOf,
  GOOD_SIGNATURE,
  hashOf,
  hex,
  INCREMENT,
  type SpecChanges,
  services,
  shufflingOf,
} from "../state/fixtures.js";
import { Branch, GENESIS_ROOT, revealOf } from "./chain.js";
import { SpecChain } from "./specification.js";

function codeOf(error: unknown): string {
  if (!ChainwrightError.is(error)) throw error;
  return (error.data as { readonly code?: string }).code ?? error.code;
}

async function refusal(made: Promise<unknown>): Promise<string> {
  try {
    await made;
    return "none";
  } catch (error) {
    return codeOf(error);
  }
}

export function headerOf(branch: Branch, slot: number, proposerIndex: number, mark: string, seal = GOOD_SIGNATURE): Header {
  const { genesisTimeMs, slotMs } = branch.chain.parameters;
  return {
    chainId: "test-1",
    height: Height.from(1),
    parent: GENESIS_ROOT,
    timestampMs: genesisTimeMs + slot * slotMs,
    transactionsRoot: Hashes.zero,
    receiptsRoot: Hashes.zero,
    stateRoot: hashOf(mark),
    payloadRoot: Hashes.zero,
    proposer: Address.zero,
    extra: encodeExtra({ proposerIndex, randaoReveal: GOOD_SIGNATURE }),
    seal,
  };
}

function doubleProposal(branch: Branch, slot: number, proposerIndex: number): ProposerSlashing {
  return { first: headerOf(branch, slot, proposerIndex, "a"), second: headerOf(branch, slot, proposerIndex, "b") };
}

function indexed(data: Partial<AttestationData>, indices: readonly number[]): IndexedAttestation {
  const checkpoint = { epoch: 0, root: GENESIS_ROOT };
  const base = { slot: 1, committeeIndex: 0, headRoot: GENESIS_ROOT, source: checkpoint, target: checkpoint };
  return { data: { ...base, ...data }, indices: Uint32Array.from(indices), signature: GOOD_SIGNATURE };
}

function doubleVote(first: readonly number[], second: readonly number[] = first): AttesterSlashing {
  return { first: indexed({}, first), second: indexed({ headRoot: hashOf("other") }, second) };
}

function specChain(branch: Branch, names: readonly string[]): SpecChain {
  const { parameters } = branch.chain;
  const spec = new SpecChain({
    ...specConfig(parameters),
    MIN_SLASHING_PENALTY_QUOTIENT: BigInt(parameters.slashing.minPenaltyQuotient),
    WHISTLEBLOWER_REWARD_QUOTIENT: BigInt(parameters.slashing.whistleblowerRewardQuotient),
    MAX_VALIDATORS_PER_WITHDRAWALS_SWEEP: BigInt(parameters.lifecycle.maxValidatorsPerWithdrawalSweep),
    MAX_WITHDRAWALS_PER_PAYLOAD: BigInt(parameters.lifecycle.maxWithdrawalsPerBlock),
  });
  spec.begin([...names], BigInt(parameters.maxEffective), CHAIN_HASH);
  return spec;
}

/** One random run: blocks with votes (some late, some for other blocks), evidence, empty slots. */
async function runBesideSpecification(t: Test, seed: number, slots: number, changes: SpecChanges): Promise<Branch> {
  let drawn = 0;
  const draw = (below: number) => createHash("sha256").update(`${seed} ${drawn++}`).digest().readUInt32LE(0) % below;
  const count = 40;
  const branch = new Branch(chainOf(count, changes));
  const spec = specChain(
    branch,
    Array.from({ length: count }, (_, index) => `${index}`),
  );
  const votingShare = 5 + draw(6);
  let waiting: Attestation[] = [];
  for (let slot = 1; slot <= slots; slot++) {
    if (draw(6) === 0) continue;
    const parent = hex(branch.root);
    for (let voted = Math.max(0, branch.state().slot); voted < slot; voted++) {
      const votes = await branch.attestations(voted, () => draw(10) < votingShare);
      waiting.push(...votes.map((vote) => (draw(8) === 0 ? { ...vote, data: { ...vote.data, headRoot: hashOf("elsewhere") } } : vote)));
    }
    const ahead = await branch.stateAt(slot);
    if (ahead.isSlashed(ahead.proposerAt(slot) as number)) continue;
    const { previousJustified, currentJustified } = ahead;
    const attestations = waiting.filter(({ data }) => {
      const justified = data.target.epoch === ahead.epoch ? currentJustified : previousJustified;
      return data.target.epoch >= ahead.previousEpoch && hex(data.source.root) === hex(justified.root) && draw(5) > 0;
    });
    waiting = waiting.filter((attestation) => !attestations.includes(attestation) || draw(6) === 0);
    const victim = draw(count);
    const group = [draw(20), 20 + draw(20)];
    const proposerSlashings = draw(40) === 0 && ahead.isSlashable(victim, ahead.epoch) ? [doubleProposal(branch, 1, victim)] : [];
    const isVictimGone = (index: number) => index === victim && proposerSlashings.length > 0;
    const isAny = group.some((index) => ahead.isSlashable(index, ahead.epoch) && !isVictimGone(index));
    const attesterSlashings = draw(40) === 0 && isAny ? [doubleVote(group)] : [];
    const outcome = await branch.add(slot, { attestations, proposerSlashings, attesterSlashings });

    spec.process_slots(BigInt(slot), parent);
    const proposer = spec.proposer_lookahead[slot % branch.chain.parameters.slotsPerEpoch] as number;
    if (proposer !== outcome.proposerIndex) t.fail(`seed ${seed}: ${proposer} proposes in slot ${slot}`);
    const paid = spec.process_withdrawals();
    spec.process_randao(revealOf(slot));
    if (proposerSlashings.length > 0) spec.slash_validator(victim, proposer);
    if (attesterSlashings.length > 0)
      for (const index of group) if (spec.is_slashable_validator(index)) spec.slash_validator(index, proposer);
    const shufflings = new Map<number, ReturnType<typeof shufflingOf>>();
    for (const { data, bits } of attestations) {
      const shuffling = shufflings.get(data.target.epoch) ?? shufflingOf(ahead, data.target.epoch);
      shufflings.set(data.target.epoch, shuffling);
      const committee = [...shuffling.committee(data.slot, data.committeeIndex)];
      const indices = committee.filter((_, at) => (((bits[at >> 3] as number) >> (at & 7)) & 1) === 1);
      spec.process_attestation(specData(data), indices, proposer);
    }
    const [actual, expected] = [describeState(branch.state()), describeSpec(spec)];
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      t.same(actual, expected, `seed ${seed}, slot ${slot}`);
      return branch;
    }
    t.same(
      outcome.withdrawals.map(({ number, validatorIndex, amount }) => [number, validatorIndex, amount]),
      paid.map(({ index, validator_index, amount }) => [Number(index), validator_index, Number(amount)]),
      `seed ${seed}, withdrawals of slot ${slot}`,
    );
    const supply = checkSupply(branch.state(), escrowOf(branch.chain.memory));
    if (!supply.ok) t.fail(`seed ${seed}, slot ${slot}: supply`);
  }
  return branch;
}

function specData({ slot, headRoot, source, target }: AttestationData) {
  const plain = ({ epoch, root }: { readonly epoch: number; readonly root: Hash }) => ({ epoch: BigInt(epoch), root: hex(root) });
  return { slot: BigInt(slot), beacon_block_root: hex(headRoot), source: plain(source), target: plain(target) };
}

t.test("chains of blocks do what the specification says, to the unit", async (t) => {
  let finalized = 0;
  let slashed = 0;
  for (let seed = 0; seed < 3; seed++) {
    const state = (await runBesideSpecification(t, seed, 90, {})).state();
    finalized += state.finalized.epoch;
    for (let index = 0; index < state.validatorCount; index++) slashed += state.isSlashed(index) ? 1 : 0;
  }
  t.ok(finalized > 5 && slashed > 5, `something happened: ${finalized} epochs final, ${slashed} slashed`);
  // Everybody has something to withdraw soon, and sweeps are short.
  await runBesideSpecification(t, 77, 50, { lifecycle: { maxValidatorsPerWithdrawalSweep: 64, maxWithdrawalsPerBlock: 2 } });
});

t.test("in the happy case finality is two epochs behind", async (t) => {
  const branch = new Branch(chainOf(32));
  let attestations: Attestation[] = [];
  for (let slot = 1; slot <= 48; slot++) {
    await branch.add(slot, { attestations });
    attestations = await branch.attestations(slot);
  }
  const state = branch.state();
  t.equal(state.epoch, 6);
  t.equal(state.currentJustified.epoch, 5);
  t.equal(state.finalized.epoch, 4);
  t.ok(state.balance(0) >= 32 * INCREMENT, "who votes earns");
});

t.test("headers that the state refuses", async (t) => {
  const branch = new Branch(chainOf(32));
  await branch.add(3);
  const other = ((await branch.stateAt(4)).proposerAt(4) as number) === 0 ? 1 : 0;
  t.equal(await refusal(branch.add(4, {}, { extra: new Uint8Array(99) })), "GASPER_EXTRA");
  t.equal(await refusal(branch.add(4, {}, { timestampMs: branch.chain.parameters.genesisTimeMs + 4_001 })), "GASPER_TIMESTAMP");
  t.equal(await refusal(branch.add(4, {}, { timestampMs: branch.chain.parameters.genesisTimeMs - 1_000 })), "GASPER_TIMESTAMP");
  t.equal(await refusal(branch.add(3)), "GASPER_SLOT", "a slot twice");
  t.equal(await refusal(branch.add(2)), "GASPER_SLOT");
  t.equal(await refusal(branch.add(4, {}, { proposerIndex: other })), "GASPER_WRONG_PROPOSER");
  t.equal(await refusal(branch.add(4, {}, { proposerIndex: 4_000, account: Address.zero })), "GASPER_WRONG_PROPOSER");
  t.equal(await refusal(branch.add(4, {}, { account: accountOf("somebody") })), "GASPER_PROPOSER_ACCOUNT");
  t.equal(await refusal(branch.add(4, {}, { reveal: BAD_SIGNATURE })), "GASPER_RANDAO_REVEAL");
  t.equal(await refusal(branch.add(4)), "none");
});

t.test("votes that may not be in a block", async (t) => {
  const branch = new Branch(chainOf(32));
  for (let slot = 1; slot <= 20; slot++) await branch.add(slot);
  const [vote] = (await branch.attestations(20)) as [Attestation];
  const with_ = (data: Partial<AttestationData>, rest: Partial<Attestation> = {}) =>
    refusal(branch.add(21, { attestations: [{ ...vote, ...rest, data: { ...vote.data, ...data } }] }));
  const epochs = (epoch: number) => ({ epoch, root: vote.data.target.root });
  t.equal(await with_({ slot: 21 }), "GASPER_ATTESTATION_FUTURE", "of the block's own slot");
  t.equal(await with_({ slot: 31, target: epochs(3) }), "GASPER_ATTESTATION_FUTURE");
  t.equal(await with_({ slot: 7, target: epochs(0) }), "GASPER_ATTESTATION_ANCIENT");
  t.equal(await with_({ target: epochs(1) }), "GASPER_ATTESTATION_TARGET_EPOCH");
  t.equal(await with_({ committeeIndex: 1 }), "GASPER_ATTESTATION_COMMITTEE");
  t.equal(await with_({ source: { epoch: 0, root: hashOf("?") } }), "GASPER_ATTESTATION_SOURCE");
  t.equal(await with_({ source: { epoch: 1, root: vote.data.source.root } }), "GASPER_ATTESTATION_SOURCE");
  t.equal(await with_({}, { bits: new Uint8Array(vote.bits.length) }), "GASPER_ATTESTATION_BITS", "none set");
  t.equal(await with_({}, { bits: new Uint8Array([...vote.bits, 1]) }), "GASPER_ATTESTATION_BITS", "too many");
  t.equal(await with_({}, { bits: Uint8Array.of(0x80) }), "GASPER_ATTESTATION_BITS", "beyond the committee");
  t.equal(await with_({}, { bits: new Uint8Array(0) }), "GASPER_ATTESTATION_BITS");
  t.equal(await with_({}, { signature: BAD_SIGNATURE }), "GASPER_ATTESTATION_SIGNATURE");
  const many = Array.from({ length: branch.chain.parameters.limits.attestations + 1 }, () => vote);
  t.equal(await refusal(branch.add(21, { attestations: many })), "GASPER_PAYLOAD_LIMIT");
  t.equal(await with_({}), "none");
  t.ok(checkSupply(branch.state(), escrowOf(branch.chain.memory)).ok);
});

t.test("late votes: which flags they earn, and until when they count", async (t) => {
  // Root of 8 slots: 2.
  const flagsAfter = async (delay: number, change: Partial<AttestationData> = {}) => {
    const branch = new Branch(chainOf(32));
    for (let slot = 1; slot <= 9; slot++) await branch.add(slot);
    const [vote] = (await branch.attestations(9)) as [Attestation];
    const outcome = await branch.add(9 + delay, { attestations: [{ ...vote, data: { ...vote.data, ...change } }] });
    const index = outcome.votes[0]?.indices[0] as number;
    const { currentFlags, previousFlags } = branch.state().validator(index);
    return delay >= 7 ? previousFlags : currentFlags;
  };
  t.equal(await flagsAfter(1), 7);
  t.equal(await flagsAfter(2), 3, "the head has to come at once");
  t.equal(await flagsAfter(3), 2, "the source within two slots");
  t.equal(await flagsAfter(14), 2, "the target until the end of the next epoch");
  t.equal(await flagsAfter(1, { headRoot: hashOf("other") }), 3);
  t.equal(await flagsAfter(1, { target: { epoch: 1, root: hashOf("other") } }), 1, "without the target no head");
  t.equal(await flagsAfter(15).catch(codeOf), "GASPER_ATTESTATION_ANCIENT");
});

t.test("evidence that proves nothing", async (t) => {
  const branch = new Branch(chainOf(32));
  await branch.add(1);
  const proposers = (slashing: ProposerSlashing) => refusal(branch.add(2, { proposerSlashings: [slashing] }));
  const attesters = (slashing: AttesterSlashing) => refusal(branch.add(2, { attesterSlashings: [slashing] }));
  const header = (slot: number, index: number, mark = "a", seal = GOOD_SIGNATURE) => headerOf(branch, slot, index, mark, seal);
  t.equal(await proposers({ first: header(1, 5), second: header(1, 5) }), "GASPER_PROPOSER_SLASHING_EVIDENCE", "twice the same");
  // Another seal of the same header is no other header.
  const otherSeal = revealOf(9);
  t.equal(await proposers({ first: header(1, 5), second: header(1, 5, "a", otherSeal) }), "GASPER_PROPOSER_SLASHING_EVIDENCE");
  t.equal(await proposers({ first: header(1, 5), second: header(2, 5, "b") }), "GASPER_PROPOSER_SLASHING_EVIDENCE", "other slots");
  t.equal(await proposers({ first: header(1, 5), second: header(1, 6, "b") }), "GASPER_PROPOSER_SLASHING_EVIDENCE", "other proposers");
  const odd = { ...header(1, 5, "b"), timestampMs: branch.chain.parameters.genesisTimeMs + 1 };
  t.equal(await proposers({ first: header(1, 5), second: odd }), "GASPER_PROPOSER_SLASHING_HEADER");
  const bare = { ...header(1, 5, "b"), extra: new Uint8Array(3) };
  t.equal(await proposers({ first: header(1, 5), second: bare }), "GASPER_PROPOSER_SLASHING_HEADER");
  t.equal(await proposers(doubleProposal(branch, 1, 32)), "GASPER_PROPOSER_NOT_SLASHABLE", "nobody");
  t.equal(await proposers({ first: header(1, 5), second: header(1, 5, "b", BAD_SIGNATURE) }), "GASPER_PROPOSER_SLASHING_SIGNATURE");
  t.equal(await attesters({ first: indexed({}, [1]), second: indexed({}, [1]) }), "GASPER_ATTESTER_SLASHING_EVIDENCE", "twice the same");
  const later = indexed({ target: { epoch: 1, root: GENESIS_ROOT } }, [1]);
  t.equal(await attesters({ first: indexed({}, [1]), second: later }), "GASPER_ATTESTER_SLASHING_EVIDENCE", "one after the other");
  t.equal(await attesters(doubleVote([2, 1])), "GASPER_ATTESTER_SLASHING_INDICES");
  t.equal(await attesters(doubleVote([1, 1])), "GASPER_ATTESTER_SLASHING_INDICES");
  t.equal(await attesters(doubleVote([])), "GASPER_ATTESTER_SLASHING_INDICES");
  t.equal(await attesters(doubleVote([1, 32])), "GASPER_ATTESTER_SLASHING_INDICES");
  t.equal(await attesters(doubleVote([1, 2], [3, 4])), "GASPER_ATTESTER_NOT_SLASHABLE", "nobody in both");
  const bad = doubleVote([1, 2]);
  t.equal(await attesters({ ...bad, second: { ...bad.second, signature: BAD_SIGNATURE } }), "GASPER_ATTESTER_SLASHING_SIGNATURE");
  const five = Array.from({ length: 5 }, (_, index) => doubleProposal(branch, 1, index));
  t.equal(await refusal(branch.add(2, { proposerSlashings: five })), "GASPER_PAYLOAD_LIMIT");
  t.equal(
    await refusal(branch.add(2, { attesterSlashings: [doubleVote([5]), doubleVote([5])] })),
    "GASPER_ATTESTER_NOT_SLASHABLE",
    "twice",
  );
  t.equal(await proposers(doubleProposal(branch, 1, 5)), "none");
});

t.test("surround votes, in either order", (t) => {
  const link = (source: number, target: number) =>
    indexed({ source: { epoch: source, root: GENESIS_ROOT }, target: { epoch: target, root: GENESIS_ROOT } }, [1]).data;
  t.equal(contradict(link(1, 4), link(2, 3)), true, "the first surrounds the second");
  t.equal(contradict(link(2, 3), link(1, 4)), false, "whoever finds it the other way turns it around");
  t.equal(contradict(link(1, 3), link(1, 4)), false);
  t.equal(contradict(link(1, 3), link(2, 4)), false);
  t.equal(contradict(link(1, 3), link(2, 3)), true, "one target twice");
  t.end();
});

t.test("a slashed validator loses what the rules say, to the unit", async (t) => {
  const branch = new Branch(chainOf(32));
  const max = 32 * INCREMENT;
  await branch.add(1);
  const proposer = (await branch.stateAt(2)).proposerAt(2) as number;
  const [victim, second] = [10, 11].map((index) => (index === proposer ? 12 : index)) as [number, number];
  const { slashed } = await branch.add(2, {
    proposerSlashings: [doubleProposal(branch, 1, victim)],
    attesterSlashings: [doubleVote([victim, second].sort((a, b) => a - b))],
  });
  t.same(slashed, [victim, second]);
  const state = branch.state();
  t.equal(state.balance(victim), max - max / 32, "one 32nd at once");
  t.equal(state.balance(proposer), max + 2 * (max / 512), "the proposer gets a 512th of each");
  t.equal(state.withdrawableEpoch(victim), 16, "it waits for the whole vector");
  t.equal(state.exitEpoch(victim), 2);
  t.equal(await refusal(branch.add(3, { proposerSlashings: [doubleProposal(branch, 1, victim)] })), "GASPER_PROPOSER_NOT_SLASHABLE");
  t.ok(checkSupply(state, escrowOf(branch.chain.memory)).ok);
  // Halfway: 2 of 32 were slashed, times 3. Those who did not vote lose besides, so only the step of that epoch is looked at.
  const untouched = await branch.stateAt(8 * 8 + 7);
  const at = await branch.stateAt(8 * 9);
  const twin = (victim + 3) % 32 === second ? (victim + 4) % 32 : (victim + 3) % 32;
  const effective = untouched.effectiveIncrementsOf(victim);
  const total = untouched.activeIncrements;
  const correlation = Math.floor((effective * Math.min(2 * 32 * 3, total)) / total) * INCREMENT;
  t.ok(correlation > 0);
  // What an idle validator loses in that epoch, by the specification's numbers.
  const spec = specChain(branch, []);
  const perIncrement = (BigInt(INCREMENT) * 64n) / squareRoot(BigInt(total) * BigInt(INCREMENT));
  const base = BigInt(effective) * perIncrement;
  const idle = (base * 14n) / 64n + (base * 26n) / 64n;
  const score = BigInt(at.validator(victim).inactivityScore);
  const leak = (BigInt(effective * INCREMENT) * score) / (spec.config.INACTIVITY_SCORE_BIAS * spec.config.INACTIVITY_PENALTY_QUOTIENT);
  t.equal(untouched.balance(victim) - at.balance(victim), correlation + Number(idle + leak));
  t.ok(at.balance(twin) > at.balance(victim));
});

function squareRoot(n: bigint): bigint {
  let x = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) if ((x + bit) * (x + bit) <= n) x += bit;
  return x;
}

t.test("a slashed validator that would have waited longer anyway does so", async (t) => {
  const branch = new Branch(chainOf(32, { lifecycle: { minWithdrawabilityDelayEpochs: 20 }, slashing: { vectorEpochs: 4 } }));
  await branch.add(1, { proposerSlashings: [doubleProposal(branch, 0, 9)] });
  t.equal(branch.state().withdrawableEpoch(9), 2 + 20);
});

t.test("a slashed proposer's slots stay empty", async (t) => {
  const branch = new Branch(chainOf(32));
  const next = (await branch.stateAt(2)).proposerAt(2) as number;
  const first = (await branch.stateAt(1)).proposerAt(1) as number;
  if (next !== first) {
    await branch.add(1, { proposerSlashings: [doubleProposal(branch, 0, next)] });
    t.equal(await refusal(branch.add(2)), "GASPER_SLASHED_PROPOSER");
  }
  t.equal(branch.state().isSlashed(next), next !== first);
});

t.test("the sweep pays what is above the maximum, and goes around", async (t) => {
  const branch = new Branch(chainOf(6, { lifecycle: { maxWithdrawalsPerBlock: 2, maxValidatorsPerWithdrawalSweep: 3 } }));
  const state = branch.state();
  for (const index of [0, 1, 2, 5]) state.increaseBalance(index, 1_000 + index);
  // It does not count for all that it has yet: nothing of it is too much.
  state.increaseBalance(4, 7);
  state.columns.effective.set(4, 31);
  state.escrow.mint(4_015n);
  state.commit(branch.chain.memory, (await import("../state/fixtures.js")).TREASURY);
  t.same(
    expectedWithdrawals(branch.state()).map(({ validatorIndex }) => validatorIndex),
    [0, 1],
  );
  const paid: number[][] = [];
  for (let slot = 1; slot <= 3; slot++) paid.push((await branch.add(slot)).withdrawals.map(({ validatorIndex }) => validatorIndex));
  t.same(paid, [[0, 1], [2], [5]], "on behind the last that was paid, or looked at");
  for (const index of [0, 1, 2, 5]) t.equal(balanceOf(branch.chain.memory, accountOf(index)), BigInt(1_000 + index));
  t.equal(branch.state().summary.withdrawalCount, 4);
  t.ok(checkSupply(branch.state(), escrowOf(branch.chain.memory)).ok);
});

t.test("one batch of signatures a block, with what they sign", async (t) => {
  const branch = new Branch(chainOf(32));
  await branch.add(1);
  const using = services();
  const attestations = await branch.attestations(1);
  await branch.add(2, { attestations, proposerSlashings: [doubleProposal(branch, 1, 3)], attesterSlashings: [doubleVote([4])] }, {}, using);
  t.equal(using.seen.length, 1 + 2 + 2 + attestations.length);
  t.equal(new Set(using.seen.map(({ message }) => hex(message))).size, using.seen.length, "all of them other messages");
});
