/** Which votes certificates are made of, when there is none, and what is kept of them. */
import t from "tap";
import { blsVerify } from "../../../../core/bls/index.js";
import { silentLogger } from "../../../../core/conformance/harness/services.js";
import { type Hash, sha256 } from "../../../../core/sdk.js";
import { CertificateMaker, CertificateStore, type KeptCertificate } from "../../../../plugins/consensus-gasper/certificate/index.js";
import { LinkVotes } from "../../../../plugins/consensus-gasper/certificate/link-votes.js";
import { attestationSigningRoot } from "../../../../plugins/consensus-gasper/codec/index.js";
import { encodedSetRoot, encodeValidatorSet } from "../../../../plugins/consensus-gasper/epoch/index.js";
import type { AttestationData, Checkpoint } from "../../../../plugins/consensus-gasper/types.js";
import { NEVER_DUE } from "../../ledger-account/fixtures.js";
import { CertifiedChain, MemoryJournal, SLOTS_PER_EPOCH } from "../light-client/chain.js";
import { hashOf } from "../state/fixtures.js";

const source: Checkpoint = { epoch: 4, root: hashOf("source") };
const target: Checkpoint = { epoch: 5, root: hashOf("target") };
const signature = (name: string) => sha256(hashOf(name));

function vote(indices: readonly number[], changes: Partial<AttestationData> = {}, name = indices.join()) {
  const data = { slot: 20, committeeIndex: 0, headRoot: hashOf("head"), source, target, ...changes };
  return { data, indices: Uint32Array.from(indices), signature: signature(name) };
}

t.test("aggregates are added up so that nobody is counted twice", async (t) => {
  const votes = new LinkVotes(16);
  for (const indices of [[5, 3], [3, 5, 9], [9, 11], [11], [1]]) votes.add(vote(indices));
  votes.add(vote([2, 3], { headRoot: hashOf("other head") }));
  votes.add(vote([7], { slot: 21 }));
  const best = votes.best(source, (index) => (index === 7 ? 10 : 1));
  t.same(
    best?.groups.map(({ slot, indices }) => [slot, [...indices]]).sort(),
    [
      [20, [1, 3, 5, 9, 11]],
      [21, [7]],
    ],
    "who voted for two heads counts for one",
  );
  t.same(
    best?.signatures,
    [[3, 5, 9], [11], [1], [7]].map((indices) => signature(indices.join())),
  );
  t.match(best, { voters: 6, weight: 15, target });
  t.equal(
    votes.best({ ...source, root: hashOf("elsewhere") }, () => 1),
    undefined,
  );
});

t.test("links other than to the next epoch are no use; of many the oldest go", async (t) => {
  const votes = new LinkVotes(2);
  votes.add(vote([1], { target: { ...target, epoch: 6 } }));
  t.equal(votes.links, 0);
  for (let epoch = 1; epoch <= 40; epoch++) votes.add(vote([1], { source: { ...source, epoch }, target: { ...target, epoch: epoch + 1 } }));
  t.equal(votes.links, 16);
  t.equal(
    votes.best({ ...source, epoch: 24 }, () => 1),
    undefined,
  );
  for (const slot of [1, 2, 3, 4])
    votes.add(vote([slot + 10], { slot, source: { ...source, epoch: 40 }, target: { ...target, epoch: 41 } }));
  t.equal(votes.best({ ...source, epoch: 40 }, () => 1)?.voters, 2, "two kinds of votes a link");
  votes.prune(39);
  t.equal(votes.links, 2);
  votes.add(vote([1], { target: { ...target, root: hashOf("another target") } }));
  votes.add(vote([2, 3]));
  t.same(votes.best(source, () => 1)?.target, target, "the heavier of two targets");
});

t.test("made-up targets push out no link that more voted for", async (t) => {
  const votes = new LinkVotes(64);
  // Committee by committee, as an epoch goes on, while a few name checkpoints of their own.
  let made = 0;
  for (let committee = 0; committee < 8; committee++) {
    votes.add(vote([4 * committee, 4 * committee + 1, 4 * committee + 2], { committeeIndex: committee }));
    for (let more = 0; more < 16; more++)
      votes.add(vote([4 * committee + 3, 900 + (more % 2)], { target: { ...target, root: hashOf(`made up ${made++}`) } }));
  }
  t.equal(votes.links, 16);
  t.match(
    votes.best(source, () => 1),
    { target, voters: 24 },
  );
  // The next epoch's link begins with few voters; those that are made up have fewer still.
  const next: Checkpoint = { epoch: 6, root: hashOf("next") };
  votes.add(vote([1, 2, 3], { source: target, target: next }));
  for (let more = 0; more < 32; more++) votes.add(vote([7, 8], { source: target, target: { ...next, root: hashOf(`more ${more}`) } }));
  t.match(
    votes.best(target, () => 1),
    { target: next, voters: 3 },
  );
  t.match(
    votes.best(source, () => 1),
    { target, voters: 24 },
  );
});

t.test("a checkpoint has a certificate once two thirds voted from it to the next epoch", async (t) => {
  const chain = new CertifiedChain();
  for (let slot = 1; slot <= 4 * SLOTS_PER_EPOCH; slot++) await chain.block(slot);
  const make = () => new CertificateMaker({ chain: chain.chain, logger: silentLogger });
  const few = make();
  for (const one of chain.votes(2, {}, (index) => index < 10)) few.onVotes(one);
  few.onFinalized(chain.checkpoint(1));
  await few.idle();
  t.equal(few.store.latest(), undefined, "10 of 16");
  const enough = make();
  for (const one of chain.votes(2, {}, (index) => index < 11)) enough.onVotes(one);
  enough.onFinalized({ epoch: 0, root: chain.checkpoint(0).root });
  enough.onFinalized(chain.checkpoint(1));
  enough.onFinalized(chain.checkpoint(1));
  await enough.idle();
  t.match(enough.store.latest(), { epoch: 1, voters: 11, votedIncrements: 11 * 32, activeIncrements: 16 * 32 });
  enough.onFinalized({ epoch: 2, root: hashOf("not kept") as Hash });
  enough.onFinalized(chain.checkpoint(3));
  await enough.idle();
  t.same(enough.store.epochs, [1], "neither a state nor votes");
  const again = make();
  again.onFinalized(chain.checkpoint(1));
  await again.idle();
  const { setRoot } = again.store.latest() as KeptCertificate;
  t.same(encodedSetRoot(again.store.validatorSet(setRoot) as Uint8Array), setRoot, "after a restart the newest one's set is there again");
});

t.test("votes of the fixture are good: the native library says so as well", async (t) => {
  const chain = new CertifiedChain();
  for (let slot = 1; slot <= 2 * SLOTS_PER_EPOCH; slot++) await chain.block(slot);
  const state = chain.stateOf(chain.tip.record.id);
  const [single] = chain.votes(1, {}, (index) => index === 3);
  t.ok(single !== undefined && state !== undefined);
  if (single === undefined || state === undefined) return;
  const message = attestationSigningRoot(chain.parameters.chainHash, single.data);
  t.ok(blsVerify({ publicKey: state.publicKey(3), message, signature: single.signature }));
});

t.test("large certificates are kept in parts, old ones and old sets go", async (t) => {
  const journal = new MemoryJournal();
  const store = new CertificateStore(journal);
  const certificate = (epoch: number, length: number): KeptCertificate => ({
    epoch,
    root: hashOf(`root ${epoch}`),
    height: 10 * epoch,
    slot: 4 * epoch,
    stateRoot: hashOf(`state ${epoch}`),
    setRoot: hashOf(`set ${epoch}`),
    voters: 7,
    votedIncrements: 2 ** 40,
    activeIncrements: 2 ** 41,
    bytes: new Uint8Array(length).map((_, i) => i % 251),
  });
  for (let epoch = 1; epoch <= 70; epoch++) await store.add(certificate(epoch, epoch === 70 ? 200_000 : 100));
  t.same([store.epochs.length, store.epochs[0]], [64, 7]);
  t.same(new CertificateStore(journal).latest(), certificate(70, 200_000));
  t.equal(new CertificateStore(journal).certificateOf(6), undefined);
  await store.add(certificate(71, 4_000_001));
  t.equal(store.latest()?.epoch, 71);
  t.equal(new CertificateStore(journal).latest()?.epoch, 70, "too large to be durable");
  for (let n = 0; n < 20; n++) store.addSet(hashOf(`set ${n}`), new Uint8Array(10));
  t.same([store.hasSet(hashOf("set 3")), store.hasSet(hashOf("set 4"))], [false, true]);
  store.addSet(hashOf("large"), new Uint8Array(64 * 1_024 * 1_024));
  t.same([store.hasSet(hashOf("set 19")), store.hasSet(hashOf("large"))], [false, true]);
});

t.test("validators who have left are not in the set, those who come are", async (t) => {
  const chain = new CertifiedChain();
  await chain.block(1, (state) => {
    state.initiateExit(2);
    chain.deposit(state);
  });
  await chain.block(5 * SLOTS_PER_EPOCH);
  const state = chain.stateOf(chain.tip.record.id);
  if (state === undefined) throw new Error("the state is kept");
  const set = await encodeValidatorSet(state, state.epoch, NEVER_DUE);
  const indices = Array.from({ length: set.length / 63 }, (_, i) => new DataView(set.buffer).getUint32(i * 63));
  t.same(indices, [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
});
