import fc from "fast-check";
import t from "tap";
import { KnownSet, knownSetSeed } from "../../../../core/network/gossip/known-set.js";
import { PeerKnowledge } from "../../../../core/network/gossip/peer-knowledge.js";
import { TransactionWants } from "../../../../core/network/gossip/transaction-wants.js";
import type { Peer } from "../../../../core/network/peer.js";
import { Hash, sha256 } from "../../../../core/primitives/hash.js";
import { SystemEntropy } from "../../../../core/runtime/index.js";
import { processorMs } from "../../../fixtures/pace.js";
import { TestPeer } from "./fixtures.js";

const entropy = new SystemEntropy();
const hash = (index: number): Hash => sha256(new Uint8Array(Uint32Array.of(index).buffer));
const peerOf = (name: string): Peer => new TestPeer(name, { id: Hash.zero, height: 0, weight: 0n, finalizedHeight: 0 });

t.test("a known set remembers at least the newest half, and nothing that was never in it", async () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 300 }), (maxCount, indexes) => {
      const set = new KnownSet(maxCount, knownSetSeed(entropy));
      const ever = new Set<number>();
      const order: number[] = [];
      for (const index of indexes) {
        const before = set.has(hash(index));
        if (set.add(hash(index)) === before) return false;
        ever.add(index);
        if (order.includes(index)) order.splice(order.indexOf(index), 1);
        order.push(index);
        if (set.size > maxCount) return false;
      }
      const newest = order.slice(-Math.floor(maxCount / 2));
      if (!newest.every((index) => set.has(hash(index)))) return false;
      for (let index = 0; index <= 60; index++) if (set.has(hash(index)) && !ever.has(index)) return false;
      set.clear();
      return indexes.every((index) => !set.has(hash(index)));
    }),
  );
});

t.test("a known set is small while it is empty, and bounded however much comes", async (t) => {
  const set = new KnownSet(16_384, knownSetSeed(entropy));
  t.equal(set.memoryBytes, 0);
  set.add(hash(0));
  t.ok(set.memoryBytes <= 1_024);
  for (let index = 0; index < 100_000; index++) set.add(hash(index));
  t.ok(set.memoryBytes <= 256 * 1_024, `${set.memoryBytes} bytes`);
  t.ok(set.size <= 16_384);
  for (let index = 100_000 - 8_192; index < 100_000; index++) if (!set.has(hash(index))) t.fail("one of the newest is gone");
});

t.test("crowding a known set's places takes its secret", async (t) => {
  // High and low word always sum up to zero: with equal multipliers all of them would have the same place.
  const crowd = (index: number): Hash => {
    const bytes = new Uint8Array(32);
    new DataView(bytes.buffer).setUint32(0, index + 1);
    new DataView(bytes.buffer).setUint32(4, -(index + 1));
    return Hash.from(bytes);
  };
  const timeOf = (hashes: readonly Hash[]): number => {
    const set = new KnownSet(65_536, knownSetSeed(entropy));
    return processorMs(() => {
      for (const each of hashes) set.add(each);
    });
  };
  const indexes = Array.from({ length: 32_000 }, (_, index) => index);
  const plainMs = timeOf(indexes.map(hash));
  const crowdedMs = timeOf(indexes.map(crowd));
  t.ok(crowdedMs < 100 + 10 * plainMs, `${crowdedMs} ms, against ${plainMs} ms`);
});

t.test("what each peer knows is kept apart, by kind", async (t) => {
  const knowledge = new PeerKnowledge(entropy);
  const [a, b] = [peerOf("a"), peerOf("b")];
  knowledge.blocks(a).add(hash(1));
  t.same(
    [knowledge.blocks(a), knowledge.transactions(a), knowledge.blocks(b)].map((set) => set.has(hash(1))),
    [true, false, false],
  );
});

t.test("wants: whatever happens, bounds hold, nobody is asked for what another is asked for, and all ends", async () => {
  const options = { maxCount: 12, maxPerPeer: 6, maxAnnouncers: 2 };
  const step = fc.record({ what: fc.constantFrom("note", "take", "give", "remove", "forget"), peer: fc.nat(3), index: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const wants = new TransactionWants(options);
      const peers = ["a", "b", "c", "d"].map(peerOf);
      const taken = new Map<string, NonNullable<ReturnType<TransactionWants["take"]>>>();
      const give = (key: string) => {
        const want = taken.get(key);
        taken.delete(key);
        if (want !== undefined) wants.giveBack(want);
      };
      for (const { what, peer: at, index } of steps) {
        const peer = peers[at] as Peer;
        if (what === "note") wants.note(peer, hash(index));
        if (what === "take") {
          const want = wants.take(peer);
          if (want !== undefined) {
            if (taken.has(want.key) || !want.announcers.includes(peer)) return false;
            taken.set(want.key, want);
          }
        }
        if (what === "give") give([...taken.keys()][index % Math.max(1, taken.size)] ?? "");
        if (what === "remove") {
          wants.remove(Hash.key(hash(index)));
          taken.delete(Hash.key(hash(index)));
        }
        if (what === "forget") {
          for (const [key, want] of [...taken]) if (want.asked === peer) give(key);
          wants.forget(peer);
        }
        if (wants.count > options.maxCount || peers.some((each) => wants.waitingAt(each) > options.maxPerPeer)) return false;
      }
      for (const key of [...taken.keys()]) give(key);
      for (const peer of peers) wants.forget(peer);
      return wants.count === 0;
    }),
    { numRuns: 300 },
  );
});

t.test("wants: whoever has most waiting makes room for the others", async (t) => {
  let evicted = 0;
  const wants = new TransactionWants({ maxCount: 10, maxPerPeer: 9, maxAnnouncers: 8 }, () => evicted++);
  const [flooder, modest, late] = [peerOf("flooder"), peerOf("modest"), peerOf("late")];
  for (let index = 0; index < 20; index++) wants.note(flooder, hash(index));
  t.equal(wants.waitingAt(flooder), 9);
  for (let index = 100; index < 104; index++) t.equal(wants.note(modest, hash(index)), true);
  t.same([wants.waitingAt(flooder), wants.waitingAt(modest), wants.count], [6, 4, 10]);
  t.equal(evicted, 3);
  t.equal(wants.take(flooder)?.key, Hash.key(hash(3)), "its oldest went");
  wants.note(late, hash(3));
  t.equal(wants.take(late), undefined, "somebody is asked for it already");
});
