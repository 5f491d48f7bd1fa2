/** The pool of votes: sums that verify, bounds, and choices for blocks against the best there is. */
import fc from "fast-check";
import t from "tap";
import { type Bytes, blsSecretKeyFromSeed, blsSign, fromHex, present, toHex } from "../../../../core/sdk.js";
import { attestationFlags } from "../../../../plugins/consensus-gasper/block/index.js";
import {
  attestationSigningRoot,
  bitsOverlap,
  countBits,
  hasBit,
  isSubsetOf,
  singleBit,
  unionBits,
} from "../../../../plugins/consensus-gasper/codec/index.js";
import { FLAGS } from "../../../../plugins/consensus-gasper/epoch/participation.js";
import { AttestationPool, type CheckedAttestation } from "../../../../plugins/consensus-gasper/pool/index.js";
import type { GasperState } from "../../../../plugins/consensus-gasper/state/index.js";
import type { Attestation, AttestationData } from "../../../../plugins/consensus-gasper/types.js";
import { hashOf } from "../state/fixtures.js";
import { setUp, TestChain } from "./fixtures.js";

const OPTIONS = { maxAttestations: 64, slotsPerEpoch: 4 };

function bitsOf(size: number, positions: readonly number[]): Bytes {
  return positions.map((position) => singleBit(size, position)).reduce((a, b) => unionBits(a, b));
}

/** A vote with a signature that nobody looks at, but that can be added up. */
const SIGNATURES = Array.from({ length: 16 }, (_, i) => blsSign(blsSecretKeyFromSeed(hashOf(`pool ${i}`)), hashOf("vote")));

async function checked(chain: TestChain, data: AttestationData, positions: readonly number[]): Promise<CheckedAttestation> {
  const committee = await chain.committee(data);
  return checkedBy(chain, data, committee, await chain.attest(data, positions, committee));
}

function checkedBy(chain: TestChain, data: AttestationData, committee: Uint32Array, attestation: Attestation): CheckedAttestation {
  const decisionRoot = present(chain.decisionRoot(data.target.epoch, data.headRoot), "known");
  return { attestation, root: attestationSigningRoot(chain.chainHash, data), committee, decisionRoot };
}

async function verifies(chain: TestChain, { data, bits, signature }: Attestation): Promise<boolean> {
  const members = await chain.committee(data);
  const indices = [...members].filter((_, position) => hasBit(bits, position));
  const state = present(chain.stateOf(data.headRoot), "known");
  const set = {
    publicKey: chain.sumOfKeys(state, Uint32Array.from(indices)),
    message: attestationSigningRoot(chain.chainHash, data),
    signature,
  };
  return (await chain.verifier.verify([set]))[0] === true;
}

t.test("single votes and aggregates add up to what verifies", async (t) => {
  const chain = new TestChain();
  const roots = await chain.chain(6);
  const data = await chain.data(6, 0, present(roots[6], "a block"));
  const root = attestationSigningRoot(chain.chainHash, data);
  const pool = new AttestationPool(OPTIONS);
  t.equal(pool.best(root), undefined);
  for (const position of [0, 1, 2]) t.ok(pool.add(await checked(chain, data, [position])));
  t.notOk(pool.add(await checked(chain, data, [1])), "known");
  t.equal(pool.size, 1, "single votes are one");
  let best = present(pool.best(root), "there are votes");
  t.same(best.bits, bitsOf(8, [0, 1, 2]));
  t.ok(await verifies(chain, best));

  t.ok(pool.add(await checked(chain, data, [2, 3, 4])));
  best = present(pool.best(root), "there are votes");
  t.same(best.bits, bitsOf(8, [0, 1, 2, 3, 4]), "an aggregate and the votes that it lacks");
  t.ok(await verifies(chain, best));
  t.notOk(pool.add(await checked(chain, data, [3, 4])), "part of what is there");
  t.ok(pool.add(await checked(chain, data, [2, 3, 4, 5])));
  t.equal(pool.size, 2, "takes the smaller one's place");
  t.ok(pool.add(await checked(chain, data, [6, 7])));
  best = present(pool.best(root), "there are votes");
  t.equal(countBits(best.bits), 8, "two aggregates without anybody in both");
  t.ok(await verifies(chain, best));
  t.notSame(pool.best(attestationSigningRoot(chain.chainHash, { ...data, committeeIndex: 1 })), best);

  pool.prune(11);
  t.equal(pool.size, 3);
  pool.prune(12);
  t.equal(pool.size, 0, "two epochs later it is of no use");
});

t.test("votes that cancel each other are never sent", (t) => {
  // Keys s and r − s: one person may register both, and their signatures add up to infinity.
  const order = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
  const secret = blsSecretKeyFromSeed(hashOf("rogue"));
  const negative = present(fromHex((order - BigInt(`0x${toHex(secret)}`)).toString(16).padStart(64, "0")), "hex");
  const data = {
    slot: 1,
    committeeIndex: 0,
    headRoot: hashOf("h"),
    source: { epoch: 0, root: hashOf("s") },
    target: { epoch: 0, root: hashOf("t") },
  };
  const root = attestationSigningRoot(hashOf("chain"), data);
  const of = (positions: readonly number[], signature: Bytes): CheckedAttestation => ({
    attestation: { data, bits: bitsOf(8, positions), signature },
    root,
    committee: Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    decisionRoot: hashOf("d"),
  });
  const pool = new AttestationPool(OPTIONS);
  pool.add(of([0], blsSign(secret, root)));
  pool.add(of([1], blsSign(negative, root)));
  t.equal(pool.best(root), undefined, "infinity");
  pool.add(of([2], SIGNATURES[0] as Bytes));
  t.same(pool.best(root)?.bits, bitsOf(8, [0, 1, 2]), "with a third it is a signature again");
  t.same(pool.best(root)?.signature, SIGNATURES[0]);
  t.end();
});

t.test("it has a bound, and what is oldest and smallest goes", async (t) => {
  const chain = new TestChain();
  const roots = await chain.chain(9);
  const head = present(roots[9], "a block");
  const pool = new AttestationPool({ ...OPTIONS, maxAttestations: 3 });
  const add = async (slot: number, committeeIndex: number, positions: readonly number[]) =>
    pool.add(await checked(chain, await chain.data(slot, committeeIndex, present(roots[slot], "a block")), positions));
  t.ok(await add(8, 0, [1, 2]));
  t.ok(await add(8, 1, [1]));
  t.ok(await add(9, 0, [1]));
  t.notOk(await add(7, 0, [1, 2, 3]), "older than all others: it goes itself");
  t.equal(pool.size, 3);
  t.ok(await add(9, 1, [0]));
  t.same([...pool.votes()].map(({ data }) => `${data.slot}/${data.committeeIndex}`).sort(), ["8/0", "9/0", "9/1"]);
  const data = await chain.data(9, 0, head);
  const flood = new AttestationPool({ ...OPTIONS, maxAttestations: 1_000 });
  const committee = await chain.committee(data);
  for (let i = 1; i < 256; i++)
    flood.add(checkedBy(chain, data, committee, { data, bits: Uint8Array.of(i), signature: SIGNATURES[0] as Bytes }));
  t.ok(flood.size <= 17, "of one vote a few aggregates are kept");
});

t.test("what a block holds", async (t) => {
  const { chain, vote, pool } = setUp();
  const roots = await chain.chain(9);
  const head = present(roots[9], "a block");
  chain.at(9);
  const data = await chain.data(9, 0, head);
  const stray = await chain.extend(present(roots[2], "a block"), 9, "stray");
  chain.headRoot = head;
  await vote(await chain.attest(data, [0]));
  await vote(await chain.attest(await chain.data(8, 1, present(roots[8], "a block")), [1]));
  await vote(await chain.attest(await chain.data(9, 1, stray), [2]));
  await vote(await chain.attest({ ...data, source: { epoch: 1, root: hashOf("other") } }, [4]));
  const late = await chain.data(9, 1, present(roots[8], "a block"));
  await vote(await chain.attest({ ...late, headRoot: present(roots[8], "a block") }, [3]));
  const state = await chain.stateAt(head, 10);
  const slots = (limit: number) => pool.select(state, limit).map(({ data }) => `${data.slot}/${data.committeeIndex}`);
  t.same(slots(10), ["9/0", "9/1", "8/1"], "not another branch's, not with another source; the right head first");
  t.same(slots(1), ["9/0"]);
  let pauses = 0;
  const pause = async () => void pauses++;
  t.same(await pool.selectSliced(state, 10, { due: () => true, pause }), pool.select(state, 10), "at once or in slices");
  t.ok(pauses > 2);
  t.same(slots(0), []);
  const before = await chain.stateAt(head, 9);
  t.same(
    pool.select(before, 10).map(({ data }) => data.slot),
    [8],
    "not of the block's own slot",
  );
  const members = await chain.committee(data);
  state.columns.flagsOf(2).set(members[0] as number, 7);
  t.same(slots(10), ["9/1", "8/1"], "what the state has is worth nothing");
  const onStray = await chain.stateAt(stray, 10);
  t.same(
    pool.select(onStray, 10).map(({ data }) => toHex(data.headRoot)),
    [toHex(stray)],
  );

  const overlapping = new AttestationPool(OPTIONS);
  const next = await chain.data(9, 1, head);
  for (const positions of [
    [0, 1, 2, 3],
    [1, 2, 3, 4],
  ])
    overlapping.add(await checked(chain, data, positions));
  overlapping.add(await checked(chain, next, [0, 1]));
  const chosen = overlapping.select(await chain.stateAt(head, 10), 2);
  t.same(
    chosen.map(({ bits }) => countBits(bits)),
    [4, 2],
    "voters whom another one brings count no more",
  );

  // A vote for a target that the branch lacks, by a committee that it has otherwise: its bits are others' there.
  const foreign = { ...data, target: { epoch: 2, root: hashOf("foreign") }, headRoot: hashOf("foreign") };
  const attestation = { data: foreign, bits: Uint8Array.of(1), signature: SIGNATURES[1] as Bytes };
  const lone = new AttestationPool(OPTIONS);
  const root = attestationSigningRoot(chain.chainHash, foreign);
  lone.add({ attestation, root, committee: members, decisionRoot: hashOf("elsewhere") });
  t.same(lone.select(await chain.stateAt(head, 10), 10), [], "other committees");
  const same = new AttestationPool(OPTIONS);
  same.add({ attestation, root, committee: members, decisionRoot: present(chain.decisionRoot(2, head), "known") });
  t.equal(same.select(await chain.stateAt(head, 10), 10).length, 1, "the same committees: its source counts");
});

/** Weight of flags that these attestations set beyond those in the state: what the pool maximizes. */
function gainOf(state: GasperState, chosen: readonly Attestation[], committees: ReadonlyMap<string, Uint32Array>): number {
  const have = new Map<number, number>();
  let gain = 0;
  for (const { data, bits } of chosen) {
    const flags = attestationFlags(state, data);
    const members = present(committees.get(`${data.slot}/${data.committeeIndex}`), "known");
    for (const [position, validator] of members.entries()) {
      if (!hasBit(bits, position)) continue;
      const before = have.get(validator) ?? state.columns.flagsOf(data.target.epoch).get(validator);
      for (const { flag, weight } of FLAGS) if ((flags & ~before & flag) !== 0) gain += weight * state.effectiveIncrementsOf(validator);
      have.set(validator, before | flags);
    }
  }
  return gain;
}

/** The greatest gain of `limit` attestations of those that can be made of what was added: unions without anybody twice. */
function bestGain(state: GasperState, added: readonly Attestation[], limit: number, committees: ReadonlyMap<string, Uint32Array>): number {
  const groups = new Map<string, Attestation[]>();
  for (const attestation of added) {
    const key = toHex(attestationSigningRoot(hashOf("chain"), attestation.data));
    groups.set(key, [...(groups.get(key) ?? []), attestation]);
  }
  const possible: Attestation[] = [];
  for (const parts of groups.values()) {
    const unions = new Map<string, Attestation>();
    for (let choice = 1; choice < 1 << parts.length; choice++) {
      let union: Attestation | undefined;
      for (const [i, part] of parts.entries()) {
        if (((choice >> i) & 1) === 0) continue;
        if (union !== undefined && bitsOverlap(union.bits, part.bits)) {
          union = undefined;
          break;
        }
        union = union === undefined ? part : { ...part, bits: unionBits(union.bits, part.bits) };
      }
      if (union !== undefined) unions.set(toHex(union.bits), union);
    }
    const all = [...unions.values()];
    possible.push(...all.filter((one) => !all.some((other) => other !== one && isSubsetOf(one.bits, other.bits))));
  }
  let most = 0;
  const visit = (from: number, chosen: readonly Attestation[]): void => {
    most = Math.max(most, gainOf(state, chosen, committees));
    if (chosen.length < limit)
      for (let next = from; next < possible.length; next++) visit(next + 1, [...chosen, present(possible[next], "one")]);
  };
  visit(0, []);
  return most;
}

t.test("choices for a block are near the best, and the same whatever the order", async (t) => {
  const chain = new TestChain();
  const roots = await chain.chain(9);
  const head = present(roots[9], "a block");
  const committees = new Map<string, Uint32Array>();
  const kinds: AttestationData[] = [];
  for (const [slot, index] of [
    [9, 0],
    [9, 1],
    [8, 0],
    [5, 1],
  ] as const) {
    const data = await chain.data(slot, index, present(roots[slot], "a block"));
    committees.set(`${slot}/${index}`, await chain.committee(data));
    kinds.push(data, { ...data, headRoot: present(roots[slot - 1], "a block") });
  }
  const state = await chain.stateAt(head, 10);
  const part = fc.record({ kind: fc.nat(kinds.length - 1), bits: fc.integer({ min: 1, max: 255 }) });
  const flags = fc.array(fc.record({ validator: fc.nat(63), flags: fc.nat(7) }), { maxLength: 20 });
  let worst = 1;
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), flags, fc.integer({ min: 1, max: 3 }), (parts, set, limit) => {
      for (const epoch of [1, 2]) for (let v = 0; v < 64; v++) state.columns.flagsOf(epoch).set(v, 0);
      for (const { validator, flags } of set) for (const epoch of [1, 2]) state.columns.flagsOf(epoch).set(validator, flags);
      const added = parts.map(({ kind, bits }, i) => ({
        data: present(kinds[kind], "one"),
        bits: Uint8Array.of(bits),
        signature: SIGNATURES[i] as Bytes,
      }));
      const fill = (order: readonly Attestation[]): Attestation[] => {
        const pool = new AttestationPool(OPTIONS);
        for (const attestation of order) {
          const { data } = attestation;
          pool.add(checkedBy(chain, data, present(committees.get(`${data.slot}/${data.committeeIndex}`), "known"), attestation));
        }
        return pool.select(state, limit);
      };
      const chosen = fill(added);
      const gain = gainOf(state, chosen, committees);
      const most = bestGain(state, added, limit, committees);
      if (most > 0) worst = Math.min(worst, gain / most);
      if (chosen.length > limit || gain > most || gain < most * 0.6) return false;
      if (chosen.length < limit && limit > added.length && gain !== most) return false;
      return nameOf(fill([...added].reverse())) === nameOf(chosen);
    }),
    { numRuns: 300 },
  );
  t.ok(worst > 0.6, `the worst choice had ${worst} of the best`);
});

function nameOf(chosen: readonly Attestation[]): string {
  return chosen.map(({ data, bits }) => `${data.slot}/${data.committeeIndex}/${toHex(data.headRoot)}/${toHex(bits)}`).join(" ");
}
