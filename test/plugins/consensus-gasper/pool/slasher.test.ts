/** Offences: found wherever an observer with perfect memory finds them, once, within bounds; and evidence that a block can use. */
import fc from "fast-check";
import t from "tap";
import { headerRecord, present } from "../../../../core/sdk.js";
import { checkAttesterSlashing, checkProposerSlashing, contradict } from "../../../../plugins/consensus-gasper/block/index.js";
import { attestationSigningRoot } from "../../../../plugins/consensus-gasper/codec/index.js";
import { accusedBy, decodeEvidence, SlashingPool } from "../../../../plugins/consensus-gasper/pool/index.js";
import { ProposalHistory } from "../../../../plugins/consensus-gasper/pool/proposal-history.js";
import { VoteHistory, type VoteHistoryOptions } from "../../../../plugins/consensus-gasper/pool/vote-history.js";
import type { AttestationData, AttesterSlashing, IndexedAttestation } from "../../../../plugins/consensus-gasper/types.js";
import { chainOf, hashOf, open } from "../state/fixtures.js";
import { LIMITS, setUp } from "./fixtures.js";

const CHAIN = hashOf("chain");
const SIGNATURE = new Uint8Array(96);

/** A vote from `source` to `target`; `fork` makes it another one. */
function dataOf(source: number, target: number, fork = 0): AttestationData {
  const root = hashOf(`fork ${fork}`);
  return { slot: 8 * target, committeeIndex: 0, headRoot: root, source: { epoch: source, root }, target: { epoch: target, root } };
}

function voteOf(data: AttestationData, ...indices: number[]): IndexedAttestation {
  return { data, indices: Uint32Array.from(new Set(indices)).sort(), signature: SIGNATURE };
}

function record(history: VoteHistory, vote: IndexedAttestation) {
  return history.record(vote, attestationSigningRoot(CHAIN, vote.data));
}

t.test("double and surround votes, both ways round", (t) => {
  const offences = (...votes: IndexedAttestation[]) => {
    const history = new VoteHistory();
    return votes.flatMap((vote) => [...record(history, vote)]).map(({ offence, slashing }) => [offence, slashing.first.data.target.epoch]);
  };
  t.same(offences(voteOf(dataOf(1, 2), 5), voteOf(dataOf(1, 2), 5)), [], "the same again");
  t.same(offences(voteOf(dataOf(1, 2), 5), voteOf(dataOf(1, 2, 1), 5)), [["double_vote", 2]]);
  t.same(offences(voteOf(dataOf(1, 2), 5), voteOf(dataOf(1, 2, 1), 6)), [], "somebody else");
  t.same(offences(voteOf(dataOf(3, 4), 5), voteOf(dataOf(2, 5), 5)), [["surround_vote", 5]], "the later one around the earlier");
  t.same(offences(voteOf(dataOf(2, 5), 5), voteOf(dataOf(3, 4), 5)), [["surround_vote", 5]], "the earlier one around the later");
  t.same(
    offences(voteOf(dataOf(2, 4), 5), voteOf(dataOf(2, 5), 5), voteOf(dataOf(3, 6), 5), voteOf(dataOf(6, 7), 5)),
    [],
    "one after another",
  );
  t.same(offences(voteOf(dataOf(3, 4), 1, 5), voteOf(dataOf(3, 4, 1), 2, 6), voteOf(dataOf(2, 9), 5, 6, 7)), [
    ["surround_vote", 9],
    ["surround_vote", 9],
  ]);
  t.end();
});

t.test("it finds whom an observer with perfect memory finds", (t) => {
  const epoch = fc.nat(11);
  const vote = fc.record({
    epochs: fc.tuple(epoch, epoch).filter(([a, b]) => a !== b),
    fork: fc.nat(1),
    voters: fc.array(fc.nat(7), { minLength: 1, maxLength: 5 }),
  });
  let guilty = 0;
  fc.assert(
    fc.property(fc.array(vote, { maxLength: 24 }), (list) => {
      const votes = list.map(({ epochs: [a, b], fork, voters }) => voteOf(dataOf(Math.min(a, b), Math.max(a, b), fork), ...voters));
      const expected = new Set<number>();
      for (const first of votes)
        for (const second of votes)
          if (contradict(first.data, second.data)) for (const index of accusedBy({ first, second })) expected.add(index);
      const history = new VoteHistory();
      const found = new Set<number>();
      for (const vote of votes)
        for (const { slashing } of record(history, vote)) {
          if (!contradict(slashing.first.data, slashing.second.data)) return false;
          for (const index of accusedBy(slashing)) found.add(index);
        }
      guilty += expected.size;
      return [...expected].sort().join() === [...found].sort().join();
    }),
    { numRuns: 1_500 },
  );
  t.ok(guilty > 1_000, "many are guilty");
  t.end();
});

t.test("its memory has bounds", (t) => {
  const small: VoteHistoryOptions = { maxEpochs: 8, maxEntries: 1_000 };
  const history = new VoteHistory(small);
  for (let target = 1; target <= 40; target++) {
    for (let validator = 0; validator < 64; validator++) record(history, voteOf(dataOf(target - 1, target), validator));
    t.ok(history.entries <= 8 * 80);
  }
  t.equal(history.votes, 8 * 64);
  t.equal(history.rootOf(3, 32), undefined, "forgotten");
  t.ok(history.rootOf(3, 33));
  t.same(record(history, voteOf(dataOf(31, 32, 1), 3)), [], "too old to be looked at");
  t.equal(history.rootOf(3, 32), undefined, "nor kept");
  t.equal(record(history, voteOf(dataOf(32, 33, 1), 3)).length, 1);

  record(history, voteOf(dataOf(39, 40), ...Array.from({ length: 64 }, (_, i) => i)));
  t.equal(history.votes, 7 * 64 + 1, "an aggregate takes the place of its single votes");
  record(history, voteOf(dataOf(39, 40), 1, 2, 3));
  t.equal(history.votes, 7 * 64 + 1, "a part of it does not");
  t.equal(record(history, voteOf(dataOf(39, 40, 1), 1, 2, 3)).length, 1, "and is evidence");
  t.equal(history.votes, 7 * 64 + 1, "who voted twice is remembered once");

  record(history, voteOf(dataOf(40, 41), 900));
  t.equal(history.rootOf(0, 37), undefined, "more validators, fewer epochs");
  t.ok(history.rootOf(0, 38), "but never fewer than four");
  t.ok(history.rootOf(900, 41));

  // Ten thousand validators and a finality that works: as gossip brings it.
  const large = new VoteHistory();
  for (let target = 1; target <= 40; target++)
    for (let slot = 0; slot < 32; slot++) {
      const first = slot * 312;
      record(large, {
        data: { ...dataOf(target - 1, target), slot: target * 32 + slot },
        indices: Uint32Array.from({ length: 312 }, (_, i) => first + i),
        signature: SIGNATURE,
      });
    }
  t.equal(large.votes, 40 * 32);
  const block = new Uint8Array(100_000);
  record(large, { ...voteOf(dataOf(40, 41), 1), signature: block.subarray(0, 96) });
  const [found] = record(large, voteOf(dataOf(40, 41, 1), 1));
  t.equal(found?.slashing.first.signature.buffer.byteLength, 96, "no block is kept for a vote in it");
  t.end();
});

t.test("proposals", (t) => {
  const { chain } = setUp();
  const history = new ProposalHistory(16);
  const [a, b, c] = [chain.seal(1, 5, "a"), chain.seal(1, 5, "b"), chain.seal(1, 5, "c")] as const;
  t.equal(history.record(5, 1, a), undefined);
  t.equal(history.record(5, 1, a), undefined, "the same again");
  t.equal(history.record(5, 1, headerRecord({ ...a.header, seal: SIGNATURE })), undefined, "with another seal");
  t.equal(history.record(5, 2, b), undefined, "another proposer");
  t.same(history.record(5, 1, b), { first: a.header, second: b.header });
  t.same(history.record(5, 1, c), { first: a.header, second: c.header });
  for (let slot = 6; slot < 200; slot++) for (let proposer = 0; proposer < 100; proposer++) history.record(slot, proposer, a);
  t.ok(history.size <= 16 * 64, "bounded");
  t.equal(history.record(5, 1, b), undefined, "forgotten");
  t.end();
});

t.test("what the slasher finds goes to the pool, to fork choice and to peers, once", async (t) => {
  const { chain, slasher, slashings } = setUp();
  const roots = await chain.chain(9);
  const head = present(roots[9], "a block");
  const first = chain.seal(3, 9, "a");
  slasher.onHeader(first);
  t.equal(chain.published.length, 0);
  slasher.onHeader(chain.seal(3, 9, "b"));
  slasher.onHeader(chain.seal(3, 9, "c"));
  t.equal(slashings.proposerSlashings, 1);
  t.equal(chain.published.length, 1, "told once");
  const state = present(chain.stateOf(head), "a state");
  const evidence = present(decodeEvidence(present(chain.published[0], "one").bytes, LIMITS), "evidence");
  t.ok(evidence.kind === "proposer" && checkProposerSlashing(state, evidence.slashing), "a block can hold it");
  slasher.onHeader({ ...first, header: { ...first.header, timestampMs: first.header.timestampMs + 1 } });
  slasher.onHeader({ ...first, header: { ...first.header, extra: SIGNATURE } });

  const data = await chain.data(9, 0, head);
  const other = { ...data, headRoot: present(roots[8], "a block") };
  slasher.onVotes(voteOf(data, 10, 11, 12));
  slasher.onVotes(voteOf(other, 11, 12, 13));
  slasher.onVotes(voteOf({ ...other, headRoot: hashOf("x") }, 11, 12));
  t.equal(slashings.attesterSlashings, 1, "further votes accuse nobody new");
  t.equal(chain.published.length, 2);
  t.same([...chain.equivocated], [11, 12]);
  t.same(
    [...slashings.evidence()].map(({ kind }) => kind),
    ["proposer", "attester"],
  );

  chain.change(head, (state) => {
    for (const index of [20, 21]) state.columns.slashed.set(index, 1);
  });
  slasher.onVotes(voteOf(data, 20, 21, 22));
  slasher.onVotes(voteOf(other, 20, 21));
  slasher.onHeader(chain.seal(20, 9, "a"));
  slasher.onHeader(chain.seal(20, 9, "b"));
  t.equal(chain.published.length, 2, "who is slashed is let be");
  slasher.onVotes(voteOf(other, 20, 22));
  t.equal(chain.published.length, 3, "but for company");
  t.ok(slasher.historyEntries > 0);
});

t.test("evidence for blocks", (t) => {
  const chain = chainOf(32);
  const state = open(chain);
  const slashing = (fork: number, ...accused: number[]): AttesterSlashing => ({
    first: voteOf(dataOf(0, 1, fork), ...accused),
    second: voteOf(dataOf(0, 1, fork + 1), ...accused),
  });
  const pool = new SlashingPool({ maxAttesterSlashings: 3, maxProposerSlashings: 2 });
  const limits = { proposerSlashings: 2, attesterSlashings: 2 };
  t.same([...pool.addAttester(slashing(0, 1, 2, 3))], [1, 2, 3]);
  t.same([...pool.addAttester(slashing(2, 2, 3))], [], "nobody new");
  t.same([...pool.addAttester(slashing(4, 3, 4))], [4]);
  t.same([...pool.addAttester(slashing(6, 5))], [5]);
  t.same([...pool.addAttester(slashing(8, 6))], [], "full");
  t.same([...pool.addAttester(slashing(10, 6, 7, 8, 9))], [6, 7, 8, 9], "full, but it accuses more than the least");
  t.equal(pool.attesterSlashings, 3);
  t.notOk(pool.accuses(5));
  const accused = (limit = 2) =>
    pool.select(state, { ...limits, attesterSlashings: limit }).attesterSlashings.map((one) => [...accusedBy(one)]);
  t.same(
    accused(),
    [
      [6, 7, 8, 9],
      [1, 2, 3],
    ],
    "the most stake first",
  );
  t.same(accused(3), [
    [6, 7, 8, 9],
    [1, 2, 3],
    [3, 4],
  ]);
  for (const index of [6, 7, 8, 9, 4]) state.columns.slashed.set(index, 1);
  t.same(accused(3), [[1, 2, 3]], "who is slashed, or will be by the evidence before, counts no more");
  for (const chosen of pool.select(state, limits).attesterSlashings) t.ok(checkAttesterSlashing(state, chosen));
  t.equal(pool.addAttester(slashing(12, 3, 40)).length, 0, "full");

  const header = setUp().chain.seal(2, 3, "a").header;
  t.ok(pool.addProposer(7, { first: header, second: header }));
  t.ok(pool.addProposer(2, { first: header, second: header }));
  t.notOk(pool.addProposer(2, { first: header, second: header }), "known");
  t.notOk(pool.addProposer(9, { first: header, second: header }), "full");
  const { proposerSlashings, attesterSlashings } = pool.select(state, limits);
  t.equal(proposerSlashings.length, 1, "the other is slashed");
  t.same(
    attesterSlashings.map((one) => [...accusedBy(one)]),
    [[1, 2, 3]],
    "for the two others",
  );
  t.same(pool.select(state, { proposerSlashings: 0, attesterSlashings: 0 }), { proposerSlashings: [], attesterSlashings: [] });

  const same = new SlashingPool();
  same.addProposer(2, { first: header, second: header });
  same.addAttester(slashing(0, 2));
  t.same(same.select(state, limits).attesterSlashings, [], "evidence against the same one would make the block invalid");

  pool.prune(state);
  t.equal(pool.proposerSlashings, 1);
  t.same([...pool.evidence()].length, 3, "evidence against the slashed alone goes");
  for (const index of [1, 2, 3]) state.columns.slashed.set(index, 1);
  pool.prune(state);
  t.same([...pool.evidence()], []);
  t.notOk(pool.accuses(3));
  const unknown = new SlashingPool();
  unknown.addAttester(slashing(0, 31, 32));
  t.same(unknown.select(state, limits).attesterSlashings, [], "a voter whom the state does not know");
  t.end();
});
