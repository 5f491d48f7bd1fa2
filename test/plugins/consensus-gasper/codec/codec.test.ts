/** Bytes of the engine's messages: canonical, bounded, and what any protobuf library reads and writes. */
import { deepStrictEqual } from "node:assert";
import { createHash } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { chainwright } from "#proto";
import {
  type Bytes,
  bytesEqual,
  CanonicalWriter,
  EncodingError,
  EncodingLimitError,
  Hash,
  type Header,
  headerRecord,
  toHex,
  ValueError,
} from "../../../../core/sdk.js";
import {
  aggregateSigningRoot,
  attestationSigningRoot,
  blockSigningMessage,
  codecLimitsOf,
  decodeAggregateAndProof,
  decodeAttestation,
  decodeExtra,
  decodeFinalityVotes,
  decodeIndexedAttestation,
  decodePayload,
  decodeProposerSlashing,
  encodeAggregateAndProof,
  encodeAttestation,
  encodeAttestationData,
  encodeExtra,
  encodeFinalityVotes,
  encodeIndexedAttestation,
  encodePayload,
  encodeProposerSlashing,
  groupData,
  MAX_PROPOSER_SLASHING_BYTES,
  maxAggregateAndProofBytes,
  maxAttestationBytes,
  maxAttesterSlashingBytes,
  maxFinalityVotesBytes,
  maxIndexedAttestationBytes,
  maxPayloadBytes,
  randaoSigningRoot,
  selectionSigningRoot,
} from "../../../../plugins/consensus-gasper/codec/index.js";
import type { AttestationData } from "../../../../plugins/consensus-gasper/types.js";
import { forGenerated, fromGenerated, type MessageCase } from "../../../core/primitives/messages.js";
import { FINALITY_LIMITS, indices, LIMITS, MESSAGES } from "./messages.js";

/** The decoded value, or undefined if it was refused. Anything thrown but the two typed errors fails the test. */
function attempt(message: MessageCase, bytes: Bytes): { readonly value: unknown } | undefined {
  try {
    return { value: message.decode(bytes) };
  } catch (error) {
    if (EncodingError.matches(error) || EncodingLimitError.matches(error)) return undefined;
    throw error;
  }
}

/** Accepted bytes are the one encoding of what they stand for: so different bytes are different values. */
function isAccepted(message: MessageCase, bytes: Bytes): boolean {
  const outcome = attempt(message, bytes);
  if (outcome === undefined) return false;
  const again = message.encode(outcome.value);
  if (!bytesEqual(again, bytes)) throw new Error(`${message.name}: accepted ${toHex(bytes)}, which encodes as ${toHex(again)}`);
  return true;
}

for (const message of MESSAGES) {
  t.test(message.name, async (t) => {
    t.test("what is written is read back, and is what protobufjs writes and reads", async () => {
      const property = fc.property(message.values, (value) => {
        const bytes = message.encode(value);
        const plain = message.plain(value);
        deepStrictEqual(message.plain(message.decode(bytes)), plain);
        deepStrictEqual(fromGenerated(message.generated.decode(bytes), plain), plain);
        deepStrictEqual(toHex(message.generated.encode(forGenerated(plain) as never).finish()), toHex(bytes));
      });
      fc.assert(property, { numRuns: 60 });
    });

    t.test("every change of one byte is refused, or is another value", async (t) => {
      let accepted = 0;
      const [sample] = fc.sample(message.values, { numRuns: 1, seed: 5 });
      const bytes = message.encode(sample);
      // All 255 changes in small messages; in large ones every bit, and what makes integers longer or shorter.
      const changes = bytes.length < 200 ? Array.from({ length: 255 }, (_, i) => i + 1) : [1, 2, 4, 8, 16, 32, 64, 128, 3, 127, 255];
      for (let index = 0; index < bytes.length; index++) {
        for (const change of changes) {
          const changed = new Uint8Array(bytes);
          changed[index] = (bytes[index] as number) ^ change;
          if (isAccepted(message, changed)) accepted++;
        }
      }
      t.ok(accepted > 0, `${accepted} of ${bytes.length * changes.length} changes give other values`);
    });

    t.test("cut, doubled and random bytes are refused or canonical", async () => {
      const cut = fc.property(message.values, fc.nat(), (value, at) => {
        const bytes = message.encode(value);
        isAccepted(message, bytes.subarray(0, at % (bytes.length + 1)));
        isAccepted(message, Buffer.concat([bytes, bytes.subarray(at % (bytes.length + 1))]));
      });
      fc.assert(cut, { numRuns: 40 });
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void isAccepted(message, bytes)),
        { numRuns: 60 },
      );
    });
  });
}

const root = (byte: number): Hash => Hash.from(new Uint8Array(32).fill(byte));
const SIGNATURE = new Uint8Array(96).fill(0xab);
const DATA: AttestationData = {
  slot: 70,
  committeeIndex: 1,
  headRoot: root(1),
  source: { epoch: 0, root: root(0) },
  target: { epoch: 2, root: root(3) },
};
const attestationOf = (bits: Bytes) => ({ data: DATA, bits, signature: SIGNATURE });
const indexedOf = (...list: number[]) => ({ data: DATA, indices: Uint32Array.from(list), signature: SIGNATURE });

/** The code of the refusal. */
function refusal(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (EncodingError.matches(error)) return `${error.code} ${error.data.message}.${error.data.field}: ${error.data.reason}`;
    if (EncodingLimitError.matches(error)) return `${error.code} ${error.data.message}.${error.data.field}`;
    throw error;
  }
  return "accepted";
}

t.test("limits of counts, sizes and indices", async (t) => {
  const bits = (bytes: number) => encodeAttestation(attestationOf(new Uint8Array(bytes).fill(1)));
  t.equal(
    refusal(() => decodeAttestation(bits(5), LIMITS)),
    "accepted",
  );
  t.equal(
    refusal(() => decodeAttestation(bits(6), LIMITS)),
    "ENCODING_LIMIT Attestation.bits",
  );
  t.equal(
    refusal(() => decodeAttestation(bits(600), LIMITS)),
    "ENCODING_LIMIT Attestation.bytes",
    "before anything is read",
  );
  t.match(
    refusal(() => decodeAttestation(encodeAttestation(attestationOf(new Uint8Array(0))), LIMITS)),
    /Attestation.bits: the field is missing/,
  );

  const forty = Array.from({ length: 41 }, (_, i) => i);
  const decode = (...list: number[]) => refusal(() => decodeIndexedAttestation(encodeIndexedAttestation(indexedOf(...list)), LIMITS));
  t.equal(decode(...forty.slice(0, 40)), "accepted");
  t.equal(decode(...forty), "ENCODING_LIMIT IndexedAttestation.gaps");
  t.equal(decode(99_999), "accepted");
  t.match(decode(100_000), /IndexedAttestation.gaps: an index is not below 100000/);
  t.match(decode(0xffff_ffff), /ENCODING_LIMIT|not below 100000/);
  t.match(decode(), /IndexedAttestation.gaps: the field is missing/);

  const payload = (count: number) =>
    encodePayload({ attestations: new Array(count).fill(attestationOf(Uint8Array.of(1))), proposerSlashings: [], attesterSlashings: [] });
  t.equal(
    refusal(() => decodePayload(payload(4), LIMITS)),
    "accepted",
  );
  t.equal(
    refusal(() => decodePayload(payload(5), LIMITS)),
    "ENCODING_LIMIT GasperPayload.attestations",
  );
  const evidence = { first: indexedOf(1), second: indexedOf(2) };
  const slashings = encodePayload({ attestations: [], proposerSlashings: [], attesterSlashings: [evidence, evidence, evidence] });
  t.equal(
    refusal(() => decodePayload(slashings, LIMITS)),
    "ENCODING_LIMIT GasperPayload.attester_slashings",
  );
  t.equal(payload(0).length, 0, "nothing is no bytes");
  t.same(decodePayload(payload(0), LIMITS), { attestations: [], proposerSlashings: [], attesterSlashings: [] });

  const aggregate = {
    aggregatorIndex: 100_000,
    aggregate: attestationOf(Uint8Array.of(1)),
    selectionProof: SIGNATURE,
    signature: SIGNATURE,
  };
  t.match(
    refusal(() => decodeAggregateAndProof(encodeAggregateAndProof(aggregate), LIMITS)),
    /AggregateAndProof.aggregator_index: it is not below 100000/,
  );
});

t.test("the longest messages are as long as their bounds say", async (t) => {
  const most = { ...DATA, slot: 2 ** 53 - 1, committeeIndex: 2 ** 32 - 1 };
  const data = { ...most, source: { epoch: 2 ** 53 - 1, root: root(1) }, target: { epoch: 2 ** 53 - 1, root: root(1) } };
  const attestation = { data, bits: new Uint8Array(5).fill(255), signature: SIGNATURE };
  t.equal(encodeAttestation(attestation).length, maxAttestationBytes(LIMITS));
  // Gaps of 2,499 are two bytes each, the bound takes three for every one below 100,000.
  const spread = Uint32Array.from({ length: 40 }, (_, i) => 2_500 * i + 2_499);
  const indexed = encodeIndexedAttestation({ data, indices: spread, signature: SIGNATURE });
  t.equal(indexed.length, maxIndexedAttestationBytes(LIMITS) - 40);
  t.equal(maxAttesterSlashingBytes(LIMITS), 2 * (maxIndexedAttestationBytes(LIMITS) + 3));
  const aggregate = { aggregatorIndex: 2 ** 32 - 1, aggregate: attestation, selectionProof: SIGNATURE, signature: SIGNATURE };
  t.equal(encodeAggregateAndProof(aggregate).length, maxAggregateAndProofBytes(LIMITS));
  const header = {
    ...HEADER,
    chainId: "x".repeat(32),
    height: 2 ** 53 - 1,
    timestampMs: 2 ** 53 - 1,
  } as unknown as Header;
  const slashing = { first: header, second: header };
  t.equal(encodeProposerSlashing(slashing).length, MAX_PROPOSER_SLASHING_BYTES);
  const full = { attestations: new Array(4).fill(attestation), proposerSlashings: new Array(2).fill(slashing), attesterSlashings: [] };
  const encoded = encodePayload(full);
  t.same(decodePayload(encoded, LIMITS), full);
  t.ok(encoded.length <= maxPayloadBytes(LIMITS));
  t.ok(maxFinalityVotesBytes(FINALITY_LIMITS) > 6 * 40 * 3);
});

const HEADER = {
  chainId: "test-1",
  height: 9,
  parent: root(9),
  timestampMs: 12_000,
  transactionsRoot: root(0),
  receiptsRoot: root(0),
  stateRoot: root(0),
  payloadRoot: root(0),
  proposer: new Uint8Array(20),
  extra: new Uint8Array(100),
  seal: SIGNATURE,
} as unknown as Header;

t.test("headers of evidence are this engine's", async (t) => {
  const slashing = (second: Partial<Record<keyof Header, Bytes>>) =>
    refusal(() => decodeProposerSlashing(encodeProposerSlashing({ first: HEADER, second: { ...HEADER, ...second } as Header })));
  t.equal(slashing({}), "accepted", "that they are the same is not for the codec to judge");
  t.match(slashing({ extra: new Uint8Array(99) }), /ProposerSlashing.second: the header's extra has 100 bytes/);
  t.match(slashing({ seal: new Uint8Array(0) }), /ProposerSlashing.second: the header's seal has 96 bytes/);
  t.match(slashing({ seal: new Uint8Array(300) }), /ENCODING_LIMIT ProposerSlashing/);
  const { first } = decodeProposerSlashing(encodeProposerSlashing({ first: HEADER, second: HEADER }));
  t.same(headerRecord(first).id, headerRecord(HEADER).id, "they are the headers that were sealed");
});

t.test("lists of validators have one form", async (t) => {
  for (const list of [
    [2, 1],
    [1, 1],
    [0, 5, 5],
  ])
    t.throws(() => encodeIndexedAttestation(indexedOf(...list)), { code: ValueError.code });
  /** The message with these bytes as its gaps. */
  const withGaps = (...gaps: number[]) =>
    new CanonicalWriter()
      .message(1, (writer) => writer.uint64(1, 1).fixed(3, root(1), 32).message(4, checkpoint).message(5, checkpoint))
      .bytes(2, Uint8Array.from(gaps))
      .fixed(3, SIGNATURE, 96)
      .finish();
  const checkpoint = (writer: CanonicalWriter) => void writer.uint64(1, 3).fixed(2, root(2), 32);
  const decode = (...gaps: number[]) => refusal(() => decodeIndexedAttestation(withGaps(...gaps), { ...LIMITS, validators: 2 ** 32 }));
  t.same([...decodeIndexedAttestation(withGaps(0, 0, 0x80, 1, 3), LIMITS).indices], [0, 1, 130, 134]);
  t.match(decode(5, 0x80), /ends within an integer/);
  t.match(decode(5, 0x80, 0), /not minimal/);
  t.match(decode(0x85, 0x80, 0), /not minimal/);
  t.equal(decode(0xff, 0xff, 0xff, 0xff, 0x0f), "accepted", "2^32 - 1");
  t.match(decode(0xff, 0xff, 0xff, 0xff, 0x0f, 0), /not below 4294967296/, "one more than that");
  t.match(decode(0x80, 0x80, 0x80, 0x80, 0x10), /not below 4294967296/);
  t.match(decode(0x80, 0x80, 0x80, 0x80, 0x80, 1), /exceeds 32 bits/);
  fc.assert(
    fc.property(indices, (list) => {
      const decoded = decodeIndexedAttestation(encodeIndexedAttestation(indexedOf(...list)), LIMITS).indices;
      deepStrictEqual([...decoded], [...list]);
    }),
  );
  const spread = Uint32Array.from({ length: 128 }, (_, i) => 780 * i);
  const bytes = encodeIndexedAttestation({ data: DATA, indices: spread, signature: SIGNATURE }).length;
  t.ok(bytes < 128 * 2 + 230, `${bytes} bytes for a committee of 128 of 100,000: two bytes a member`);
});

t.test("groups of finality votes ascend", async (t) => {
  const group = (slot: number, committeeIndex: number, head: number) => ({
    slot,
    committeeIndex,
    headRoot: root(head),
    indices: Uint32Array.of(3, 4),
  });
  const votes = (...groups: ReturnType<typeof group>[]) => ({ source: DATA.source, target: DATA.target, groups, signature: SIGNATURE });
  const good = votes(group(8, 0, 1), group(8, 0, 2), group(8, 1, 0), group(9, 0, 0));
  t.same(decodeFinalityVotes(encodeFinalityVotes(good), FINALITY_LIMITS), good);
  t.same(groupData(good, group(8, 1, 7)), { slot: 8, committeeIndex: 1, headRoot: root(7), source: DATA.source, target: DATA.target });
  for (const [first, second] of [
    [group(8, 0, 1), group(8, 0, 1)],
    [group(8, 0, 2), group(8, 0, 1)],
    [group(8, 1, 0), group(8, 0, 1)],
    [group(9, 0, 0), group(8, 1, 1)],
  ] as const) {
    t.throws(() => encodeFinalityVotes(votes(first, second)), { code: ValueError.code });
    // The same written by another library, which has no such rule.
    const plain = (each: typeof first) => ({ ...each, slot: each.slot, gaps: [3, 0] });
    const bytes = chainwright.gasper.FinalityVotes.encode({
      source: { root: root(0) },
      target: { root: root(0) },
      groups: [plain(first), plain(second)],
      signature: SIGNATURE,
    } as never).finish();
    t.match(
      refusal(() => decodeFinalityVotes(bytes, FINALITY_LIMITS)),
      /missing|do not ascend|default/,
    );
  }
  t.match(
    refusal(() => decodeFinalityVotes(encodeFinalityVotes(votes()), FINALITY_LIMITS)),
    /FinalityVotes.groups: the field is missing/,
  );
  const seven = votes(...Array.from({ length: 7 }, (_, i) => group(i, 0, 0)));
  t.equal(
    refusal(() => decodeFinalityVotes(encodeFinalityVotes(seven), FINALITY_LIMITS)),
    "ENCODING_LIMIT FinalityVotes.groups",
  );
});

t.test("a header's extra is 100 bytes", async (t) => {
  const reveal = SIGNATURE.map((byte, i) => byte ^ i);
  const extra = encodeExtra({ proposerIndex: 0x01020304, randaoReveal: reveal });
  t.equal(toHex(extra), `01020304${toHex(reveal)}`);
  t.same(decodeExtra(extra), { proposerIndex: 0x01020304, randaoReveal: reveal });
  t.equal(decodeExtra(extra.subarray(1)), undefined);
  t.equal(decodeExtra(new Uint8Array(101)), undefined);
  t.throws(() => encodeExtra({ proposerIndex: 1, randaoReveal: new Uint8Array(95) }), { name: "AssertionFailure" });
});

t.test("what is signed: tag, chain, message", async (t) => {
  const chain = root(0xcc);
  const sha = (tag: string, ...parts: Uint8Array[]) =>
    createHash("sha256")
      .update(Buffer.concat([Buffer.from(tag.padEnd(16, "\0"), "latin1"), ...parts]))
      .digest("hex");
  const aggregate = { aggregatorIndex: 7, aggregate: attestationOf(Uint8Array.of(3)), selectionProof: SIGNATURE };
  const unsigned = encodeAggregateAndProof({ ...aggregate, signature: SIGNATURE }).subarray(0, -98);
  const { gasper } = chainwright;
  const slot = gasper.SlotMessage.encode({ slot: 300 } as never).finish();
  const epoch = gasper.EpochMessage.encode({ epoch: 300 } as never).finish();
  const roots: readonly (readonly [string, Hash, string])[] = [
    ["block", blockSigningMessage(chain, root(4)), sha("cw/gasper/seal/1", chain, root(4))],
    ["randao", randaoSigningRoot(chain, 300), sha("cw/gasper/rand/1", chain, epoch)],
    ["randao of epoch 0", randaoSigningRoot(chain, 0), sha("cw/gasper/rand/1", chain)],
    ["attestation", attestationSigningRoot(chain, DATA), sha("cw/gasper/vote/1", chain, encodeAttestationData(DATA))],
    ["selection", selectionSigningRoot(chain, 300), sha("cw/gasper/pick/1", chain, slot)],
    ["aggregate", aggregateSigningRoot(chain, aggregate), sha("cw/gasper/aggr/1", chain, unsigned)],
  ];
  for (const [name, actual, expected] of roots) t.equal(toHex(actual), expected, name);
  t.equal(new Set(roots.map(([, actual]) => toHex(actual))).size, roots.length);
  t.not(toHex(selectionSigningRoot(chain, 300)), toHex(selectionSigningRoot(root(1), 300)), "another chain");
});

t.test("limits of a chain spec", async (t) => {
  const limits = { attestations: 128, proposerSlashings: 16, attesterSlashings: 2, validators: 2 ** 20 };
  const committees = { targetSize: 128, maxPerSlot: 64, targetAggregators: 16 };
  t.same(codecLimitsOf({ slotsPerEpoch: 32, committees, shuffleRounds: 90, limits }), { ...limits, committeeSize: 512 });
});
