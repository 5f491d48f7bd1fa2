/** A light client goes on from a checkpoint by what two thirds of the stake signed, and by nothing else. */

import t, { type Test } from "tap";
import { chainwright } from "#proto";
import { blsAggregateSignatures } from "../../../../core/bls/index.js";
import { silentLogger } from "../../../../core/conformance/harness/services.js";
import { asciiBytes, type Bytes, bytesEqual, ChainwrightError, encodeHeader, present, sha256, toHex } from "../../../../core/sdk.js";
import { CertificateMaker, CertificateStore, type KeptCertificate } from "../../../../plugins/consensus-gasper/certificate/index.js";
import { encodeFinalityCertificate, type FinalityVotes } from "../../../../plugins/consensus-gasper/codec/index.js";
import { GasperLightClient, LightClientError, weakSubjectivityPeriod } from "../../../../plugins/consensus-gasper/light-client/index.js";
import { type GasperState } from "../../../../plugins/consensus-gasper/state/index.js";
import type { IndexedAttestation } from "../../../../plugins/consensus-gasper/types.js";
import { CertifiedChain, GENESIS_VALIDATORS, lightParameters, SLOTS_PER_EPOCH } from "./chain.js";

const FIRST = 1;
const LAST = 20;
const EMPTY_SLOTS = new Set([3, 28, 29, 45, 52, 53, 54, 55, 56]);
const chain = new CertifiedChain();
const parameters = lightParameters(chain.parameters);
const maker = new CertificateMaker({ chain: chain.chain, logger: silentLogger });

/** Two come early, later one at a time; the third and others leave, one of them in the first block of an epoch. */
function changesAt(slot: number): (state: GasperState) => void {
  return (state) => {
    if (slot === 2 || slot === 5 || slot === 30) chain.deposit(state);
    if (slot === 14) state.initiateExit(3);
    if (slot === 40) state.initiateExit(5);
    if (slot === 49) state.initiateExit(GENESIS_VALIDATORS);
    // Another set from epoch 16 on, and somebody begins to leave in its first block, so that this one's state has a third.
    if (slot === 63) state.initiateExit(6);
    if (slot === 64) state.initiateExit(8);
  };
}

t.before(async () => {
  for (let slot = 1; slot < (LAST + 3) * SLOTS_PER_EPOCH; slot++) if (!EMPTY_SLOTS.has(slot)) await chain.block(slot, changesAt(slot));
  for (let epoch = FIRST; epoch <= LAST; epoch++) {
    for (const votes of chain.votes(epoch + 1)) maker.onVotes(votes);
    maker.onFinalized(chain.checkpoint(epoch));
    await maker.idle();
  }
});

const certificateOf = (epoch: number): KeptCertificate => present(maker.store.certificateOf(epoch), `epoch ${epoch} has a certificate`);
const setOf = ({ setRoot }: KeptCertificate): Bytes => present(maker.store.validatorSet(setRoot), "its set is kept");
/** When votes for the epoch after are all there. */
const timeOf = (epoch: number): number => chain.clock.startOf((epoch + 2) * SLOTS_PER_EPOCH);

function startAt(epoch: number, changes: Partial<typeof parameters> = {}): GasperLightClient {
  const kept = certificateOf(epoch);
  return GasperLightClient.start(
    { ...parameters, ...changes },
    { root: kept.root, certificate: kept.bytes, set: setOf(kept), nowMs: timeOf(epoch) },
  );
}

/** The set is given only where it changed. */
function follow(client: GasperLightClient, epoch: number): void {
  const kept = certificateOf(epoch);
  const changes = bytesEqual(client.setRoot, kept.setRoot) ? {} : { set: setOf(kept) };
  client.apply({ certificate: kept.bytes, nowMs: timeOf(epoch), ...changes });
}

function refusesOtherSets(t: Test, client: GasperLightClient, epoch: number): void {
  const kept = certificateOf(epoch);
  const call = { certificate: kept.bytes, nowMs: timeOf(epoch) };
  const before = client.finalized;
  t.equal(
    codeOf(() => client.apply(call)),
    "GASPER_LIGHT_SET_NEEDED",
  );
  t.equal(
    codeOf(() => client.apply({ ...call, set: setOf(certificateOf(epoch - 1)) })),
    "GASPER_LIGHT_SET_WRONG",
  );
  t.equal(
    codeOf(() => client.apply({ ...call, set: setOf(kept).subarray(1) })),
    "GASPER_LIGHT_ENCODING",
  );
  t.equal(client.finalized, before, "nothing changed");
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (!ChainwrightError.is(error) || !(error instanceof LightClientError)) throw error;
    return error.code;
  }
  return undefined;
}

/** A certificate of `epoch` from these votes, as a dishonest or mistaken node might make it. */
function forged(
  epoch: number,
  votes: readonly IndexedAttestation[],
  changes: { slot?: number; votes?: Partial<FinalityVotes>; setProof?: Bytes } = {},
): Bytes {
  const { record } = chain.at(changes.slot ?? epoch * SLOTS_PER_EPOCH);
  const [first] = votes;
  const { source, target } = present(first, "there is a vote").data;
  const groups = votes.map(({ data, indices }) => ({
    slot: data.slot,
    committeeIndex: data.committeeIndex,
    headRoot: data.headRoot,
    indices: indices.slice().sort(),
  }));
  const signature = blsAggregateSignatures(votes.map((vote) => vote.signature));
  const setProof = changes.setProof ?? chain.proof(changes.slot ?? epoch * SLOTS_PER_EPOCH, Uint8Array.of(2, 5));
  return encodeFinalityCertificate({
    header: encodeHeader(record.header),
    votes: { source, target, groups, signature, ...changes.votes },
    setProof,
  });
}

t.test("it follows twenty checkpoints while validators enter and leave, and proves a value of the last state", async (t) => {
  t.same(
    maker.store.epochs,
    Array.from({ length: LAST }, (_, i) => FIRST + i),
  );
  const client = startAt(FIRST);
  const roots = new Set([toHex(client.setRoot)]);
  let needed = 0;
  for (let epoch = FIRST + 1; epoch <= LAST; epoch++) {
    if (!bytesEqual(client.setRoot, certificateOf(epoch).setRoot)) {
      needed++;
      refusesOtherSets(t, client, epoch);
    }
    follow(client, epoch);
    const block = chain.at(epoch * SLOTS_PER_EPOCH);
    t.same(client.finalized.id, block.record.id, `epoch ${epoch}`);
    t.equal(client.finalized.slot, block.slot);
    roots.add(toHex(client.setRoot));
  }
  t.ok(needed >= 7 && needed < LAST - FIRST, `${needed} certificates of ${LAST - FIRST} changed the set`);
  t.ok(roots.size >= 8, `${roots.size} sets`);
  const state = present(chain.stateOf(chain.at(LAST * SLOTS_PER_EPOCH).record.id), "the state is kept");
  t.equal(state.validatorCount, GENESIS_VALIDATORS + 3);
  t.same(
    [3, 5, GENESIS_VALIDATORS].map((index) => state.isActive(index, LAST)),
    [false, false, false],
  );
  t.ok(state.isActive(GENESIS_VALIDATORS + 2, LAST), "somebody who came later votes");
  const slot = LAST * SLOTS_PER_EPOCH;
  t.same(client.verifyState(asciiBytes("account"), chain.proof(slot, asciiBytes("account"))), asciiBytes("a balance"));
  t.equal(client.verifyState(asciiBytes("nobody"), chain.proof(slot, asciiBytes("nobody"))), undefined);
  const both = ["nobody", "account"].map(asciiBytes);
  t.same(client.verifyStates(both, chain.proofOfMany(slot, both)), [undefined, asciiBytes("a balance")]);
  t.throws(() => client.verifyState(asciiBytes("account"), chain.proof(slot, asciiBytes("nobody"))), { name: "ChainwrightError" });
});

t.test("one bit anywhere, and it is refused", async (t) => {
  const client = startAt(4);
  const kept = certificateOf(5);
  const set = setOf(kept);
  for (let n = 0; n < 30; n++) {
    const changed = kept.bytes.slice();
    const bit = Math.floor((n * changed.length * 8) / 30) + (n % 8);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    t.match(
      codeOf(() => client.apply({ certificate: changed, set, nowMs: timeOf(5) })),
      /^GASPER_LIGHT_/,
      `bit ${bit}`,
    );
  }
  for (let n = 0; n < 8; n++) {
    const changed = set.slice();
    const bit = Math.floor((n * changed.length * 8) / 8) + n;
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    t.match(
      codeOf(() => GasperLightClient.start(parameters, { root: kept.root, certificate: kept.bytes, set: changed, nowMs: timeOf(5) })),
      /SET_WRONG|ENCODING/,
    );
  }
  for (const length of [0, 1, 100, kept.bytes.length - 1])
    t.equal(
      codeOf(() => client.apply({ certificate: kept.bytes.subarray(0, length), set, nowMs: timeOf(5) })),
      "GASPER_LIGHT_ENCODING",
    );
  follow(client, 5);
});

t.test("votes: too few, of others, twice, of strangers, for another link", async (t) => {
  const client = startAt(4);
  const set = setOf(certificateOf(5));
  const attempt = (certificate: Bytes) => codeOf(() => client.apply({ certificate, set, nowMs: timeOf(5) }));
  const votes = chain.votes(6);
  t.equal(
    attempt(
      forged(
        5,
        chain.votes(6, {}, (index) => index < 10),
      ),
    ),
    "GASPER_LIGHT_WEIGHT",
  );
  t.equal(attempt(forged(5, votes, { votes: { signature: present(votes[0], "a vote").signature } })), "GASPER_LIGHT_SIGNATURE");
  t.equal(attempt(forged(5, votes, { votes: { signature: Uint8Array.of(0xc0, ...new Uint8Array(95)) } })), "GASPER_LIGHT_SIGNATURE");
  // Who did not sign is named nevertheless.
  const partial = chain.votes(6, {}, (index) => index < 10);
  t.equal(
    attempt(forged(5, votes, { votes: { signature: blsAggregateSignatures(partial.map(({ signature }) => signature)) } })),
    "GASPER_LIGHT_SIGNATURE",
  );
  const [first, second] = votes;
  const twice = [present(first, "a vote"), { ...present(second, "a vote"), indices: present(first, "a vote").indices }];
  t.equal(attempt(forged(5, twice)), "GASPER_LIGHT_VOTER_TWICE");
  const stranger = { ...present(first, "a vote"), indices: Uint32Array.of(0, 500) };
  t.equal(attempt(forged(5, [stranger])), "GASPER_LIGHT_VOTER_UNKNOWN");
  const data = present(first, "a vote").data;
  t.equal(attempt(forged(5, chain.votes(6, { target: { ...data.target, epoch: 7 } }))), "GASPER_LIGHT_LINK");
  t.equal(attempt(forged(5, chain.votes(6, { source: chain.checkpoint(4) }))), "GASPER_LIGHT_LINK");
  t.equal(attempt(forged(5, votes, { slot: 19 })), "GASPER_LIGHT_LINK");
  t.equal(attempt(forged(5, votes, { setProof: chain.proof(16, Uint8Array.of(2, 5)) })), "GASPER_LIGHT_PROOF");
  t.equal(attempt(forged(5, votes, { setProof: chain.proof(20, Uint8Array.of(2, 4)) })), "GASPER_LIGHT_PROOF");
  t.equal(attempt(forged(5, votes)), undefined, "as it should be");
});

t.test("other chains, other blocks, other times", async (t) => {
  const client = startAt(4);
  const kept = certificateOf(5);
  const call = { certificate: kept.bytes, set: setOf(kept), nowMs: timeOf(5) };
  t.equal(
    codeOf(() => startAt(4, { chainId: "light-2" })),
    "GASPER_LIGHT_OTHER_CHAIN",
  );
  t.equal(
    codeOf(() => startAt(4, { namespace: 3 })),
    "GASPER_LIGHT_PROOF",
  );
  t.equal(
    codeOf(() => startAt(4, { chainHash: sha256(asciiBytes("another")) }).apply(call)),
    "GASPER_LIGHT_SIGNATURE",
  );
  t.equal(
    codeOf(() => GasperLightClient.start(parameters, { ...call, root: certificateOf(4).root })),
    "GASPER_LIGHT_NOT_TRUSTED",
  );
  t.equal(
    codeOf(() => GasperLightClient.start(parameters, { ...call, root: new Uint8Array(31) })),
    "GASPER_LIGHT_ARGUMENT",
  );
  t.equal(
    codeOf(() => client.apply({ ...call, nowMs: 0.5 })),
    "GASPER_LIGHT_ARGUMENT",
  );
  t.equal(
    codeOf(() => client.apply({ ...call, nowMs: chain.clock.startOf(5 * SLOTS_PER_EPOCH) })),
    "GASPER_LIGHT_FUTURE",
  );
  client.apply(call);
  t.equal(
    codeOf(() => client.apply(call)),
    "GASPER_LIGHT_NOT_NEWER",
    "the same again",
  );
  t.equal(
    codeOf(() => follow(client, 3)),
    "GASPER_LIGHT_NOT_NEWER",
    "an older one",
  );
  const lastMs = chain.clock.startOf((5 + client.periodEpochs + 1) * SLOTS_PER_EPOCH) - 1;
  const next = { certificate: certificateOf(6).bytes, set: setOf(certificateOf(6)) };
  t.equal(
    codeOf(() => client.apply({ ...next, nowMs: lastMs + 1 })),
    "GASPER_LIGHT_PERIOD",
  );
  t.equal(
    codeOf(() => client.apply({ ...next, nowMs: lastMs })),
    undefined,
  );
  t.equal(
    codeOf(() => GasperLightClient.start(parameters, { ...call, root: kept.root, nowMs: lastMs + 1 })),
    "GASPER_LIGHT_PERIOD",
  );
});

t.test("a call that is wrong is told from what a node said", async (t) => {
  const client = startAt(4);
  const kept = certificateOf(5);
  const call = { certificate: kept.bytes, set: setOf(kept), root: kept.root, nowMs: timeOf(5) };
  const start = GasperLightClient.start as (...given: unknown[]) => GasperLightClient;
  const apply = client.apply.bind(client) as (given?: unknown) => unknown;
  const hex = toHex(kept.bytes);
  const calls: readonly (readonly [string, () => unknown])[] = [
    ["parameters", () => start()],
    ["parameters", () => start(null, null)],
    ["trusted", () => start(parameters)],
    ["parameters.chainHash", () => start({ ...parameters, chainHash: toHex(parameters.chainHash) }, call)],
    ["parameters.chainId", () => start({ ...parameters, chainId: 7 }, call)],
    ...["slotMs", "slotsPerEpoch", "maxValidators", "churnQuotient", "minChurnPerEpoch", "genesisTimeMs"].flatMap((name) =>
      [undefined, -1, 0.5, "12"].map((value) => [`parameters.${name}`, () => start({ ...parameters, [name]: value }, call)] as const),
    ),
    ["trusted.root", () => start(parameters, { ...call, root: toHex(kept.root) })],
    ["trusted.certificate", () => start(parameters, { ...call, certificate: undefined })],
    ["trusted.nowMs", () => start(parameters, { ...call, nowMs: undefined })],
    ["set", () => start(parameters, { ...call, set: hex })],
    ["next", () => apply()],
    ["next", () => apply(null)],
    ["next.certificate", () => apply({ ...call, certificate: hex })],
    ["next.certificate", () => apply({ nowMs: call.nowMs })],
    ["next.nowMs", () => apply({ ...call, nowMs: "now" })],
  ];
  for (const [argument, made] of calls) t.throws(made, { code: "GASPER_LIGHT_ARGUMENT", data: { argument } }, argument);
  t.throws(() => apply({ ...call, certificate: hex }), { message: /decode the hex of the API/ });
  t.equal(client.finalized.epoch, 4, "nothing changed");
  client.apply(call);
});

t.test("a state that commits to no set is none to begin from", async (t) => {
  const { root } = certificateOf(5);
  const set = setOf(certificateOf(5));
  // By a namespace that no module has: the proof is right, and shows that nothing is there.
  const certificate = forged(5, chain.votes(6), { setProof: chain.proof(20, Uint8Array.of(3, 5)) });
  t.throws(() => GasperLightClient.start({ ...parameters, namespace: 3 }, { root, certificate, set, nowMs: timeOf(5) }), {
    code: "GASPER_LIGHT_COMMITMENT",
  });
});

t.test("certificates may be left out while all who vote are known", async (t) => {
  const client = startAt(1);
  follow(client, 3);
  follow(client, 6);
  follow(client, 10);
  // Whoever came after epoch 1 is a stranger to it.
  t.equal(
    codeOf(() => follow(startAt(1), 16)),
    "GASPER_LIGHT_VOTER_UNKNOWN",
  );
});

t.test("any protobuf library reads certificates, and writes the same bytes", async (t) => {
  const { FinalityCertificate } = chainwright.gasper;
  const { bytes, root } = certificateOf(5);
  const read = FinalityCertificate.decode(bytes);
  t.same([read.votes?.source?.epoch?.toString(), Buffer.from(read.votes?.source?.root ?? []).toString("hex")], ["5", toHex(root)]);
  t.same(Buffer.from(FinalityCertificate.encode(read).finish()).toString("hex"), toHex(bytes));
  // Groups out of order.
  read.votes?.groups?.reverse();
  const reversed = new Uint8Array(FinalityCertificate.encode(read).finish());
  t.equal(
    codeOf(() => startAt(4).apply({ certificate: reversed, set: setOf(certificateOf(5)), nowMs: timeOf(5) })),
    "GASPER_LIGHT_ENCODING",
  );
});

t.test("the weak subjectivity period is that of the published table", async (t) => {
  // specs/phase0/weak-subjectivity.md, safety decay 10: average balance, validators, epochs.
  const mainnet = { maxEffectiveIncrements: 32, minWithdrawabilityDelayEpochs: 256, minChurnPerEpoch: 4, churnQuotient: 65_536 };
  for (const [balance, validators, epochs] of [
    [28, 32_768, 504],
    [28, 65_536, 752],
    [28, 262_144, 2_241],
    [32, 32_768, 665],
    [32, 131_072, 1_894],
    [32, 1_048_576, 3_532],
  ] as const)
    t.equal(weakSubjectivityPeriod(mainnet, { validators, increments: validators * balance }), epochs);
  t.equal(weakSubjectivityPeriod(mainnet, { validators: 0, increments: 0 }), 0);
  t.equal(weakSubjectivityPeriod(mainnet, { validators: 100, increments: 2_000 }), 256);
});

t.test("certificates outlive the process; what does not fit is left out", async (t) => {
  const again = new CertificateStore(chain.journal);
  t.same(again.epochs, maker.store.epochs);
  t.same(again.latest(), maker.store.latest());
  const part = [...chain.journal.records.keys()].find((key) => key.endsWith("0000000400000000"));
  chain.journal.records.set(present(part, "it has a part"), new Uint8Array(10));
  const lastPart = [...chain.journal.records].find(([key]) => key.endsWith("0000000500000000"));
  const bytes = present(lastPart, "it has a part")[1];
  bytes[7] = (bytes[7] as number) ^ 1;
  t.same(
    new CertificateStore(chain.journal).epochs,
    maker.store.epochs.filter((epoch) => epoch !== 5 && epoch !== 6),
  );
});
