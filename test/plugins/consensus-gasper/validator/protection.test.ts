/** What slashing protection refuses, what survives of it, and the file that carries it from node to node. */
import { deepStrictEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { asciiBytes, type Bytes, Hash, sha256, toHex } from "../../../../core/sdk.js";
import { exportProtection, importProtection, SlashingProtection } from "../../../../plugins/consensus-gasper/validator/index.js";
import {
  decodeRecord,
  encodeRecord,
  mergeRecords,
  type ProtectionRecord,
  permitBlock,
  permitVote,
} from "../../../../plugins/consensus-gasper/validator/protection-record.js";
import { CHAIN_HASH, Journal, publicKey, turn } from "./fixtures.js";

const roots = new Map<string, Hash>();
function root(text: string): Hash {
  const made = roots.get(text) ?? sha256(asciiBytes(text));
  roots.set(text, made);
  return made;
}
const KEY = publicKey(0);
const journalKey = (key: Bytes) => `${toHex(asciiBytes("gasper/slashing/"))}${toHex(key)}`;

async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "signs",
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
}

t.test("blocks: only above the last slot, or the very same again", async (t) => {
  const protection = new SlashingProtection(new Journal());
  const block = (slot: number, text: string) => outcome(protection.permitBlock(KEY, slot, root(text)));
  t.equal(await block(10, "a"), "signs");
  t.equal(await block(10, "a"), "signs", "the same again");
  t.equal(await block(10, "b"), "GASPER_PROTECTION_REFUSED", "a double proposal");
  t.equal(await block(9, "c"), "GASPER_PROTECTION_REFUSED", "below what is remembered nobody knows");
  t.equal(await block(9, "a"), "GASPER_PROTECTION_REFUSED", "a root belongs to its slot");
  t.equal(await block(11, "a"), "signs");
  t.equal(await block(10, "a"), "GASPER_PROTECTION_REFUSED");
  t.equal(await block(-1, "a"), "GASPER_PROTECTION_REFUSED");
  t.equal(await block(0.5, "a"), "GASPER_PROTECTION_REFUSED");
  t.equal(await outcome(protection.permitBlock(publicKey(1), 10, root("b"))), "signs", "another key");
});

t.test("votes: targets rise, sources don't fall", async (t) => {
  const protection = new SlashingProtection(new Journal());
  const vote = (sourceEpoch: number, targetEpoch: number, text: string) =>
    outcome(protection.permitVote(KEY, { sourceEpoch, targetEpoch }, root(text)));
  t.equal(await vote(3, 3, "zero"), "signs", "source and target may be one");
  t.equal(await vote(3, 5, "a"), "signs");
  t.equal(await vote(3, 5, "a"), "signs", "the same again");
  t.equal(await vote(3, 5, "b"), "GASPER_PROTECTION_REFUSED", "a double vote");
  t.equal(await vote(3, 4, "c"), "GASPER_PROTECTION_REFUSED", "surrounded, or near it");
  t.equal(await vote(2, 6, "d"), "GASPER_PROTECTION_REFUSED", "it surrounds");
  t.equal(await vote(7, 6, "e"), "GASPER_PROTECTION_REFUSED", "no vote at all");
  t.equal(await vote(3, 6, "f"), "signs");
  t.equal(await vote(5, 7, "g"), "signs");
  t.equal(await vote(4, 8, "h"), "GASPER_PROTECTION_REFUSED");
  t.equal(await outcome(protection.permitBlock(KEY, 1, root("x"))), "signs", "blocks are another matter");
});

t.test("it is durable before it permits, and what could not be written is not signed", async (t) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const journal = new Journal(new Map(), () => held);
  const protection = new SlashingProtection(journal);
  let permitted = false;
  const asked = protection.permitBlock(KEY, 5, root("a")).then(() => {
    permitted = true;
  });
  await turn();
  t.notOk(permitted, "the record is under way");
  release();
  await asked;
  t.ok(permitted);
  t.equal(journal.puts.length, 1);
  await protection.permitBlock(KEY, 5, root("a"));
  t.equal(journal.puts.length, 1, "what is recorded is not written again");
  journal.failure = new Error("disk full");
  t.equal(await outcome(protection.permitBlock(KEY, 6, root("b"))), "GASPER_PROTECTION_UNWRITTEN");
  t.equal(
    await outcome(protection.permitBlock(KEY, 6, root("b"))),
    "GASPER_PROTECTION_UNWRITTEN",
    "the same is not signed unrecorded either",
  );
  journal.failure = undefined;
  t.equal(await outcome(protection.permitBlock(KEY, 6, root("c"))), "GASPER_PROTECTION_REFUSED", "the disk may have had it");
  t.equal(await outcome(protection.permitBlock(KEY, 6, root("b"))), "signs");
  t.equal(journal.puts.length, 2);
});

t.test("a key's requests wait for each other, keys don't", async (t) => {
  const journal = new Journal(new Map(), turn);
  const protection = new SlashingProtection(journal);
  const keys = Array.from({ length: 16 }, (_, index) => publicKey(index));
  const both = await Promise.all(
    keys.flatMap((key) => ["a", "b"].map((text) => outcome(protection.permitVote(key, { sourceEpoch: 0, targetEpoch: 1 }, root(text))))),
  );
  t.same(
    both,
    keys.flatMap(() => ["signs", "GASPER_PROTECTION_REFUSED"]),
  );
  t.equal(journal.mostUnderWay, 16, "all were written side by side");
});

t.test("two over one journal are one", async (t) => {
  const journal = new Journal(new Map(), turn);
  const [a, b] = [new SlashingProtection(journal), new SlashingProtection(journal)];
  const outcomes = await Promise.all([outcome(a.permitBlock(KEY, 4, root("a"))), outcome(b.permitBlock(KEY, 4, root("b")))]);
  t.same(outcomes, ["signs", "GASPER_PROTECTION_REFUSED"]);
  const later = new SlashingProtection(new Journal(journal.disk));
  t.equal(await outcome(later.permitBlock(KEY, 4, root("b"))), "GASPER_PROTECTION_REFUSED", "the next process knows it from the disk");
  t.equal(await outcome(later.permitBlock(KEY, 4, root("a"))), "signs");
});

t.test("a damaged record signs nothing, until a file tells what was signed", async (t) => {
  const good = encodeRecord({
    block: { slot: 7, signingRoot: root("a") },
    votes: { sourceEpoch: 1, targetEpoch: 2, signingRoot: undefined },
  });
  const damages: [string, Bytes][] = [
    ["truncated", good.slice(0, 93)],
    ["empty", new Uint8Array(0)],
    ["longer", new Uint8Array(95)],
  ];
  for (let at = 0; at < good.length; at++) {
    const flipped = good.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    damages.push([`flipped at ${at}`, flipped]);
  }
  for (const [name, bytes] of damages) {
    const protection = new SlashingProtection(new Journal(new Map([[journalKey(KEY), bytes]])));
    const outcomes = [
      await outcome(protection.permitBlock(KEY, 99, root("z"))),
      await outcome(protection.permitVote(KEY, { sourceEpoch: 9, targetEpoch: 10 }, root("z"))),
    ];
    if (outcomes.some((code) => code !== "GASPER_PROTECTION_DAMAGED")) t.fail(`${name}: ${outcomes}`);
  }
  const protection = new SlashingProtection(new Journal(new Map([[journalKey(KEY), good.slice(0, 50)]])));
  await protection.permitBlock(KEY, 1, root("a")).catch((error: Error) => t.match(error.message, /EIP-3076/, "it says what to do"));
  const other = { publicKey: publicKey(1), record: { block: { slot: 8 } } };
  const whole = { block: { slot: 20 }, votes: { sourceEpoch: 3, targetEpoch: 4 } };
  for (const record of [{ block: whole.block }, { votes: whole.votes }]) {
    const partial = exportProtection([{ publicKey: KEY, record }, other], CHAIN_HASH);
    t.equal(await outcome(protection.import(partial, CHAIN_HASH)), "GASPER_PROTECTION_DAMAGED", "a file that is silent on one of both");
    t.equal(await outcome(protection.permitBlock(KEY, 99, root("z"))), "GASPER_PROTECTION_DAMAGED", "leaves the record as it was");
    t.equal(protection.recordOf(publicKey(1)).block?.slot, 8, "the other keys' are imported");
  }
  const file = exportProtection([{ publicKey: KEY, record: whole }], CHAIN_HASH);
  t.equal(await protection.import(file, CHAIN_HASH), 1);
  t.equal(await outcome(protection.permitBlock(KEY, 20, root("z"))), "GASPER_PROTECTION_REFUSED");
  t.equal(await outcome(protection.permitBlock(KEY, 21, root("z"))), "signs");

  const unreadable = new Journal();
  unreadable.get = () => {
    throw new Error("the storage is closed");
  };
  await t.rejects(new SlashingProtection(unreadable).import(file, CHAIN_HASH), /closed/, "what can't be read is not taken for damaged");
  t.equal(unreadable.disk.size, 0);
});

t.test("records survive their encoding", async () => {
  fc.assert(
    fc.property(arbitraryRecord, (record) => {
      deepStrictEqual(decodeRecord(encodeRecord(record)), record);
    }),
    { numRuns: 200 },
  );
});

const arbitraryRoot = fc.constantFrom(root("a"), root("b"), undefined);
const small = fc.integer({ min: 0, max: 6 });
const plain = { noNullPrototype: true };
const arbitraryRecord: fc.Arbitrary<ProtectionRecord> = fc.record(
  {
    block: fc.option(fc.record({ slot: fc.oneof(small, fc.maxSafeNat()), signingRoot: arbitraryRoot }, plain), { nil: undefined }),
    votes: fc.option(fc.record({ sourceEpoch: small, targetEpoch: fc.integer({ min: 6, max: 12 }), signingRoot: arbitraryRoot }, plain), {
      nil: undefined,
    }),
  },
  plain,
);

t.test("what one of two records refuses, both together refuse", async () => {
  const messages = fc.constantFrom(root("a"), root("b"), root("c"));
  fc.assert(
    fc.property(
      arbitraryRecord,
      arbitraryRecord,
      small,
      fc.integer({ min: 0, max: 14 }),
      messages,
      (a, b, sourceEpoch, targetEpoch, message) => {
        const merged = mergeRecords(a, b);
        deepStrictEqual(merged, mergeRecords(b, a), "in either order");
        const vote = { sourceEpoch, targetEpoch };
        for (const [one, other] of [
          [a, b],
          [b, a],
        ] as const) {
          // Only what the other knows to be signed may be signed again.
          const isRepeated = other.votes?.targetEpoch === targetEpoch && other.votes.signingRoot === message;
          if ("refusal" in permitVote(one, vote, message) && !isRepeated) ok("refusal" in permitVote(merged, vote, message), "vote");
          if ("refusal" in permitBlock(one, targetEpoch, message)) ok("refusal" in permitBlock(merged, targetEpoch, message), "block");
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** The example of EIP-3076, with this test's chain in place of its genesis. */
const EIP_EXAMPLE = {
  metadata: {
    interchange_format_version: "5",
    genesis_validators_root: "0x04700007fabc8282644aed6d1c7c9e21d38a03a0c4ba193f3afe428824b3a673",
  },
  data: [
    {
      pubkey: "0xb845089a1457f811bfc000588fbb4e713669be8ce060ea6be3c6ece09afc3794106c91ca73acda5e5457122d58723bed",
      signed_blocks: [
        { slot: "81952", signing_root: "0x4ff6f743a43f3b4f95350831aeaf0a122a1a392922c45d804280284a69eb850b" },
        { slot: "81951" },
      ],
      signed_attestations: [
        { source_epoch: "2290", target_epoch: "3007", signing_root: "0x587d6a4f59a58fe24f406e0502413e77fe1babddee641fda30034ed37ecc884d" },
        { source_epoch: "2290", target_epoch: "3008" },
      ],
    },
  ],
};
const EIP_CHAIN = Hash.parse(EIP_EXAMPLE.metadata.genesis_validators_root.slice(2));

t.test("the interchange file: the example of EIP-3076", async (t) => {
  const [key, ...others] = importProtection(EIP_EXAMPLE, EIP_CHAIN);
  t.same(others, []);
  t.equal(`0x${toHex(key?.publicKey ?? new Uint8Array(0))}`, EIP_EXAMPLE.data[0]?.pubkey);
  t.equal(key?.record.block?.slot, 81_952);
  t.equal(`0x${toHex(key?.record.block?.signingRoot ?? new Uint8Array(0))}`, EIP_EXAMPLE.data[0]?.signed_blocks[0]?.signing_root);
  t.same(key?.record.votes, { sourceEpoch: 2_290, targetEpoch: 3_008, signingRoot: undefined });
  const file = exportProtection(key === undefined ? [] : [key], EIP_CHAIN);
  t.same(file, {
    metadata: EIP_EXAMPLE.metadata,
    data: [
      {
        pubkey: EIP_EXAMPLE.data[0]?.pubkey,
        signed_blocks: [EIP_EXAMPLE.data[0]?.signed_blocks[0]],
        signed_attestations: [EIP_EXAMPLE.data[0]?.signed_attestations[1]],
      },
    ],
  });
  t.same(importProtection(JSON.parse(JSON.stringify(file)), EIP_CHAIN), [key], "round trip");
});

t.test("the interchange file: merged, never lowered", async (t) => {
  const protection = new SlashingProtection(new Journal());
  await protection.permitBlock(KEY, 50, root("a"));
  await protection.permitVote(KEY, { sourceEpoch: 4, targetEpoch: 6 }, root("v"));
  const pubkey = `0x${toHex(KEY)}`;
  const metadata = { interchange_format_version: "5", genesis_validators_root: `0x${toHex(CHAIN_HASH)}` };
  const low = { pubkey, signed_blocks: [{ slot: "40" }], signed_attestations: [{ source_epoch: "5", target_epoch: "5" }] };
  await protection.import({ metadata, data: [low, { ...low, signed_blocks: [] }] }, CHAIN_HASH);
  t.same(protection.recordOf(KEY), {
    block: { slot: 50, signingRoot: root("a") },
    votes: { sourceEpoch: 5, targetEpoch: 6, signingRoot: root("v") },
  });
  const twin = { slot: "50", signing_root: `0x${toHex(root("b"))}` };
  await protection.import({ metadata, data: [{ pubkey, signed_blocks: [twin], signed_attestations: [] }] }, CHAIN_HASH);
  t.equal(await outcome(protection.permitBlock(KEY, 50, root("a"))), "GASPER_PROTECTION_REFUSED", "the slot has two blocks: neither again");
  t.same(protection.export([KEY], CHAIN_HASH).data[0]?.signed_blocks, [{ slot: "50" }]);
  const reopened = new SlashingProtection(new Journal());
  await reopened.import(protection.export([KEY], CHAIN_HASH), CHAIN_HASH);
  t.same(reopened.recordOf(KEY), protection.recordOf(KEY), "another node knows the same");
});

t.test("the interchange file: what it must not be", async (t) => {
  const other = { ...EIP_EXAMPLE, metadata: { ...EIP_EXAMPLE.metadata, genesis_validators_root: `0x${"00".repeat(32)}` } };
  t.throws(() => importProtection(other, EIP_CHAIN), { code: "GASPER_INTERCHANGE_CHAIN" });
  const data = EIP_EXAMPLE.data[0];
  const bad: [string, unknown][] = [
    ["no object", []],
    ["no metadata", { data: [] }],
    ["another version", { ...EIP_EXAMPLE, metadata: { ...EIP_EXAMPLE.metadata, interchange_format_version: "4" } }],
    ["no data", { metadata: EIP_EXAMPLE.metadata }],
    ["a short key", { ...EIP_EXAMPLE, data: [{ ...data, pubkey: "0xb8" }] }],
    ["a key without 0x", { ...EIP_EXAMPLE, data: [{ ...data, pubkey: data?.pubkey.slice(2) }] }],
    ["no blocks", { ...EIP_EXAMPLE, data: [{ ...data, signed_blocks: undefined }] }],
    ["a slot that is a number", { ...EIP_EXAMPLE, data: [{ ...data, signed_blocks: [{ slot: 5 }] }] }],
    ["a negative slot", { ...EIP_EXAMPLE, data: [{ ...data, signed_blocks: [{ slot: "-5" }] }] }],
    ["a slot beyond 2^53", { ...EIP_EXAMPLE, data: [{ ...data, signed_blocks: [{ slot: "18446744073709551615" }] }] }],
    ["a source above its target", { ...EIP_EXAMPLE, data: [{ ...data, signed_attestations: [{ source_epoch: "5", target_epoch: "4" }] }] }],
    ["a short root", { ...EIP_EXAMPLE, data: [{ ...data, signed_blocks: [{ slot: "5", signing_root: "0x00" }] }] }],
  ];
  for (const [name, file] of bad) t.throws(() => importProtection(file, EIP_CHAIN), { code: "GASPER_INTERCHANGE_INVALID" }, name);
  const protection = new SlashingProtection(new Journal());
  await t.rejects(protection.import({ ...EIP_EXAMPLE, data: [data, { pubkey: 1 }] }, EIP_CHAIN));
  t.same(protection.recordOf(Buffer.from(data?.pubkey.slice(2) ?? "", "hex")), {}, "all or nothing");
});
