/** Consensus conformance: traits, genesis, headers, seals, certificates, messages. */
import { type Consensus, NEEDS_STATE, type ValidationContext } from "../../ports/consensus.js";
import { Address } from "../../primitives/address.js";
import type { Header, HeaderRecord } from "../../primitives/block.js";
import { headerRecord } from "../../primitives/block-codec.js";
import { type Bytes, bytesEqual, EMPTY_BYTES, toHex } from "../../primitives/bytes.js";
import { type ConformanceCase, describeThrown, holds } from "../case.js";
import { strangerHash } from "../harness/services.js";
import { isPlainJson, noise } from "../harness/values.js";
import type { MadeBlock } from "./blocks.js";
import type { EngineNode } from "./engine-node.js";
import { type ConsensusRun, headOf, importAll, judge, unattached } from "./subject.js";

const BLOCKS = 3;
/** Variations of a header that are tried, so that proof of work at an easy target has no chance to fit all. */
const VARIATIONS = 32;
const TEN_YEARS_MS = 10 * 365 * 86_400_000;

function checkTraits(engine: Consensus): void {
  const { traits } = engine;
  const law = "traits are as core/ports/consensus.ts describes them";
  const seen = JSON.stringify(traits);
  holds(["ancestry", "state"].includes(traits.headers), law, seen);
  holds(["probabilistic", "gadget", "instant"].includes(traits.finality), law, seen);
  holds(["free", "slots"].includes(traits.clock), law, seen);
  holds(
    Number.isInteger(traits.ancestryDepth) && traits.ancestryDepth >= 1 && traits.ancestryDepth <= 4_096,
    `${law}: ancestryDepth is 1 to 4,096`,
    seen,
  );
  holds(typeof traits.certificates === "boolean", law, seen);
  if (traits.certificates) {
    const has = engine.verifyCertificate !== undefined && engine.certificateFor !== undefined;
    holds(has, "an engine with certificates verifies them and hands them out", "verifyCertificate or certificateFor is missing");
  }
  holds(
    Number.isInteger(engine.confirmations) && engine.confirmations >= 0,
    "`confirmations` is a whole number of blocks",
    `${engine.confirmations}`,
  );
  if (traits.finality === "instant")
    holds(engine.confirmations === 0, "`confirmations` is 0 with instant finality", `${engine.confirmations}`);
}

export const basics: readonly ConformanceCase<ConsensusRun>[] = [
  {
    name: "traits: are within the port's ranges and fit together",
    async run({ subject }) {
      checkTraits(unattached(subject));
    },
  },
  {
    name: "genesis: header fields and state are the same on every node, within limits",
    async run(run) {
      const [a, b] = [await run.node({ seed: "a" }), await run.node({ seed: "b", startsAfterMs: 86_400_000 })];
      holds(a.genesis.header.extra.length <= 1_024, "extra has at most 1,024 bytes", `${a.genesis.header.extra.length}`);
      holds(
        a.genesis.header.proposer.length === 20,
        "`genesis` names a proposer (the zero address if there is none)",
        "it has not 20 bytes",
      );
      const law = "genesis follows from the chain spec alone: not from clock, randomness or keys";
      holds(bytesEqual(a.genesis.id, b.genesis.id), law, `${toHex(a.genesis.id)} and ${toHex(b.genesis.id)}`);
      holds(headOf(a) === headOf(b), "a new node's head is genesis", `${headOf(a)} and ${headOf(b)}`);
    },
  },
  {
    name: "channels: are named once and have limits; garbage on them gets a verdict, and not `accept`",
    async run(run) {
      const node = await run.node();
      const channels = node.engine.channels ?? [];
      holds(
        new Set(channels.map(({ name }) => name)).size === channels.length,
        "channels have names of their own",
        JSON.stringify(channels),
      );
      for (const { name, maxMessageBytes } of channels) {
        holds(Number.isInteger(maxMessageBytes) && maxMessageBytes > 0, "channels have a limit, bytes", `${name}: ${maxMessageBytes}`);
        holds(node.engine.onMessage !== undefined, "an engine with channels takes messages", "there is no onMessage");
        const law = "`onMessage` answers accept, ignore or reject for any bytes, and never throws";
        for (const message of [EMPTY_BYTES, Uint8Array.of(0), noise(40, 1), noise(Math.min(maxMessageBytes, 1_000), 2)]) {
          let verdict: unknown;
          try {
            verdict = await node.engine.onMessage(name, message);
          } catch (thrown) {
            holds(false, law, `${describeThrown(thrown)} on ${name}`);
          }
          holds(verdict === "ignore" || verdict === "reject", `${law}; garbage is not relayed`, `${String(verdict)} on ${name}`);
        }
      }
    },
  },
  {
    name: "status: is plain JSON",
    async run(run) {
      const node = await run.node();
      const law = "`status` and `describeHeader` answer plain JSON: no bigint, no bytes, no classes";
      for (const status of [
        node.engine.status?.() ?? null,
        node.engine.producer?.status() ?? null,
        node.engine.describeHeader?.(node.genesis.header) ?? null,
      ]) {
        holds(isPlainJson(status), law, String(status));
      }
    },
  },
];

/** The last of the blocks that a node made. */
function lastOf(node: EngineNode): MadeBlock {
  const last = node.made.at(-1);
  holds(last !== undefined, "the producer made blocks", "none");
  return last;
}

/** Headers that differ from a good one in one field, many for each field. */
function variationsOf(header: Header): ReadonlyMap<string, readonly Header[]> {
  const each = (change: (i: number) => Partial<Header>) => Array.from({ length: VARIATIONS }, (_, i) => ({ ...header, ...change(i) }));
  return new Map([
    ["timestampMs", each((i) => ({ timestampMs: header.timestampMs + i + 1 }))],
    ["stateRoot", each((i) => ({ stateRoot: strangerHash(`state ${i}`) }))],
    ["transactionsRoot", each((i) => ({ transactionsRoot: strangerHash(`transactions ${i}`) }))],
    ["receiptsRoot", each((i) => ({ receiptsRoot: strangerHash(`receipts ${i}`) }))],
    ["payloadRoot", each((i) => ({ payloadRoot: strangerHash(`payload ${i}`) }))],
    ["proposer", each((i) => ({ proposer: Address.from(noise(20, i + 1)) }))],
    ["extra", each((i) => ({ extra: header.extra.length === 0 ? noise(8, i + 1) : noise(header.extra.length, i + 1) }))],
  ]);
}

/** Seals that nobody made. */
function brokenSeals(seal: Bytes): readonly Bytes[] {
  const flipped = seal.slice();
  if (flipped.length > 0) flipped[0] = (flipped[0] ?? 0) ^ 1;
  return [
    EMPTY_BYTES,
    seal.slice(0, -1),
    Uint8Array.from([...seal, 0]),
    flipped,
    noise(Math.max(1, seal.length), 3),
    noise(8_192, 4),
    new Uint8Array(64),
  ];
}

export const headers: readonly ConformanceCase<ConsensusRun>[] = [
  {
    name: "headers: what the engine's own producer builds is good, on the node that made it and on any other",
    async run(run) {
      const maker = await run.nodeWith(BLOCKS);
      holds(
        maker.head.header.height === maker.made.length && maker.made.length >= BLOCKS,
        "a node that is alone follows its own blocks",
        `the head is ${headOf(maker)} after ${maker.made.length} blocks`,
      );
      const follower = await run.follower(maker);
      await importAll(follower, maker.made, "what `buildBlock` and the producer made, every node accepts");
      holds(
        headOf(follower) === headOf(maker),
        "nodes with the same blocks have the same head",
        `${headOf(maker)} and ${headOf(follower)}`,
      );
      for (const { block } of maker.made)
        holds(isPlainJson(maker.engine.describeHeader?.(block.header) ?? null), "`describeHeader` answers plain JSON", "it does not");
    },
  },
  {
    name: "headers: verdicts are the same again, and on every node",
    async run(run) {
      const maker = await run.nodeWith(BLOCKS);
      const follower = await run.follower(maker);
      await importAll(follower, maker.made, "what the producer made, every node accepts");
      const { header } = lastOf(maker).block;
      const samples = [
        header,
        ...[...variationsOf(header).values()].flatMap((list) => list.slice(0, 2)),
        ...brokenSeals(header.seal).map((seal) => ({ ...header, seal })),
      ];
      for (const sample of samples) {
        const [first, again, other] = [await judge(maker, sample), await judge(maker, sample), await judge(follower, sample)];
        holds(first === again, "verdicts depend on nothing but arguments, chain spec and state", `${first}, then ${again}`);
        holds(
          first === other,
          "verdicts depend on nothing but arguments, chain spec and state",
          `${first} on one node, ${other} on another`,
        );
      }
    },
  },
  {
    name: "headers: nonsense is refused by typed errors, whatever it is",
    async run(run) {
      const maker = await run.nodeWith(BLOCKS);
      const { header } = lastOf(maker).block;
      const nonsense: Partial<Header>[] = [
        { timestampMs: 0 },
        { timestampMs: Number.MAX_SAFE_INTEGER },
        { timestampMs: maker.genesis.header.timestampMs - 1 },
        { extra: EMPTY_BYTES, seal: EMPTY_BYTES },
        { extra: noise(1, 1) },
        { extra: noise(1_024, 2) },
        { extra: new Uint8Array(header.extra.length), proposer: Address.zero },
        { extra: new Uint8Array(header.extra.length).fill(0xff) },
        { extra: Uint8Array.from([...header.extra, 0]) },
        { seal: noise(8_192, 3), extra: noise(32, 4) },
      ];
      for (const fields of nonsense) await judge(maker, { ...header, ...fields });
    },
  },
  {
    name: "headers: a timestamp ten years ahead is not good",
    async run(run) {
      const maker = await run.nodeWith(1);
      const { header } = lastOf(maker).block;
      for (let i = 0; i < 16; i++) {
        const verdict = await judge(maker, { ...header, timestampMs: header.timestampMs + TEN_YEARS_MS + i });
        holds(verdict !== "good", "a header from the far future is NotYet or invalid", `it is ${verdict}`);
      }
    },
  },
  {
    name: "context: `ancestry` headers need no state; with the parent's state there is always a context",
    async run(run) {
      const maker = await run.nodeWith(BLOCKS);
      for (const { record } of maker.made) {
        const parent = maker.parentOf(record);
        const without = await maker.engine.contextFor(parent, record.header, undefined);
        if (maker.engine.traits.headers === "ancestry") {
          holds(
            without !== NEEDS_STATE,
            "`headers: ancestry` says that headers are judged by headers alone",
            "contextFor answered NEEDS_STATE without a view",
          );
        }
        holds(
          (await maker.contextOf(record)) !== NEEDS_STATE,
          "NEEDS_STATE is answered only while the parent is not executed",
          "it was answered with the parent's state at hand",
        );
      }
    },
  },
  {
    name: "weigh: depends on the header alone and never falls",
    async run(run) {
      const maker = await run.nodeWith(BLOCKS);
      const { weigh } = maker.engine;
      if (weigh === undefined) return;
      for (const { record } of maker.made) {
        const parent = maker.parentOf(record);
        const [first, again] = [maker.engine.weigh?.(record, parent.weight), maker.engine.weigh?.(record, parent.weight)];
        holds(first !== undefined && first === again, "`weigh` is a function of its arguments", `${first}, then ${again}`);
        holds(first >= parent.weight, "cumulative weight does not fall from parent to child", `${parent.weight} to ${first}`);
      }
    },
  },
];

export const seals: readonly ConformanceCase<ConsensusRun>[] = [
  {
    name: "seals: commit to every field of the header",
    async run(run) {
      const maker = await run.nodeWith(2);
      const { header } = lastOf(maker).block;
      for (const [field, variations] of variationsOf(header)) {
        let good = 0;
        while (good < variations.length && (await judge(maker, variations[good] ?? header)) === "good") good++;
        // An easy proof of work fits by chance, but not always.
        holds(
          good < variations.length,
          "a seal commits to the whole header, so it does not fit another",
          `it fits ${good} of ${good} headers with another ${field}`,
        );
      }
    },
  },
  {
    name: "seals: a broken one gets a verdict, not an exception, and is not good",
    async run(run) {
      const maker = await run.nodeWith(2);
      const { header } = lastOf(maker).block;
      let good = 0;
      const broken = brokenSeals(header.seal);
      for (const seal of broken) if ((await judge(maker, { ...header, seal })) === "good") good++;
      holds(good < broken.length, "`verifySeals` refuses seals that nobody made", `it accepts all ${good} of them, an empty one included`);
    },
  },
  {
    name: "seals: a batch answers what each alone does, in order",
    async run(run) {
      const maker = await run.nodeWith(BLOCKS);
      const entries: { readonly record: HeaderRecord; readonly context: ValidationContext }[] = [];
      for (const { record, block } of maker.made) {
        const context = await maker.contextOf(record);
        const tampered = headerRecord({ ...block.header, seal: noise(block.header.seal.length, 9) });
        for (const each of [record, tampered]) entries.push({ record: each, context });
      }
      const together = await maker.engine.verifySeals(entries);
      holds(together.length === entries.length, "`verifySeals` answers one verdict for each", `${together.length} for ${entries.length}`);
      for (const [index, entry] of entries.entries()) {
        const [alone] = await maker.engine.verifySeals([entry]);
        holds(
          alone?.ok === together[index]?.ok,
          "verdicts are the same, batched or single",
          `entry ${index}: ${together[index]?.ok} in the batch, ${alone?.ok} alone`,
        );
      }
      holds((await maker.engine.verifySeals([])).length === 0, "`verifySeals` answers one verdict for each", "some for an empty batch");
    },
  },
];

export const certificates: readonly ConformanceCase<ConsensusRun>[] = [
  {
    name: "certificates: without one a block is not yet, with garbage invalid, with its own imported; and they are handed out",
    async run(run) {
      const maker = await run.nodeWith(2);
      const follower = await run.follower(maker);
      for (const { block, certificate, record } of maker.made) {
        const without = await follower.import(block);
        holds(without.status === "not-yet", "a block without its certificate is `not yet`", without.status);
        const garbage = await follower.import(block, noise(certificate?.length ?? 64, 5));
        holds(garbage.status === "invalid", "`verifyCertificate` refuses what nobody certified, and does not throw", garbage.status);
        const whole = await follower.import(block, certificate);
        holds(whole.status === "imported", "a block with its certificate is imported", whole.status);
        const own = maker.engine.certificateFor?.(record.id);
        holds(own !== undefined, "`certificateFor` hands out the certificate of an imported block", "nothing");
        const context = await maker.contextOf(record);
        const verdict = await follower.engine.verifyCertificate?.(record, own, context);
        holds(verdict?.ok === true, "what `certificateFor` hands out, every node accepts", JSON.stringify(verdict));
      }
    },
  },
];
