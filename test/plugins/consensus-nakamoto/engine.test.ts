/** The nakamoto engine as core sees it: verdicts with their codes, choices, restore, parameters. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import type { TreeHeader } from "../../../core/ports/consensus.js";
import { headerRecord } from "../../../core/primitives/block-codec.js";
import { Hash } from "../../../core/primitives/hash.js";
import { bitsFromBytes, targetOfBits } from "../../../core/work/compact.js";
import { AddressError, ParametersError } from "../../../plugins/consensus-nakamoto/errors.js";
import manifest from "../../../plugins/consensus-nakamoto/index.js";
import createSearcher from "../../../plugins/consensus-nakamoto/search.js";
import { DoubleSha256 } from "../../../plugins/consensus-nakamoto/sha256d.js";
import { GENESIS_TIME_MS } from "../../core/work/work-chain.js";
import { TestChain } from "./test-chain.js";

const doubleSha256 = (bytes: Uint8Array) => {
  const once = createHash("sha256").update(bytes).digest();
  return createHash("sha256").update(once).digest("hex");
};

t.test("the fast double SHA-256 agrees with node:crypto", async () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: 0, max: 0xffffffff }),
      (prefix, high, low) => {
        const message = Buffer.concat([prefix, Buffer.alloc(8)]);
        message.writeUInt32BE(high, 32);
        message.writeUInt32BE(low, 36);
        const fast = new DoubleSha256(prefix);
        fast.hash(low ^ 1);
        fast.setNonceHigh(high);
        const top = fast.hash(low);
        const digest = Buffer.alloc(32);
        for (const [i, word] of fast.digest.entries()) digest.writeInt32BE(word, 4 * i);
        return digest.toString("hex") === doubleSha256(message) && digest.readInt32BE(0) === top;
      },
    ),
  );
});

t.test("the search finds the first nonce of its lane that meets the target, and no other", async (t) => {
  const signingRoot = new Uint8Array(32).fill(42);
  const target = new Uint8Array(32).fill(0xff);
  target[0] = 0;
  target[1] = 0x0f;
  for (const index of [0, 1]) {
    const searcher = await createSearcher({ signingRoot, target }, { index, count: 2 });
    let found: Uint8Array | undefined;
    let attempts = 0;
    while (found === undefined) {
      const slice = await searcher.search(100, () => false);
      attempts += slice.attempts;
      found = slice.found;
    }
    const meets = (low: number) => {
      const nonce = Buffer.alloc(8);
      nonce.writeUInt32BE(index, 0);
      nonce.writeUInt32BE(low, 4);
      return doubleSha256(Buffer.concat([signingRoot, nonce])) <= Buffer.from(target).toString("hex");
    };
    t.equal(Buffer.from(found).readUInt32BE(0), index, "the lane chooses the high half");
    t.equal(Buffer.from(found).readUInt32BE(4), attempts - 1, "nonces are tried in order");
    t.ok(meets(attempts - 1) && !Array.from({ length: attempts - 1 }, (_, low) => meets(low)).includes(true));
  }
});

t.test("verdicts on headers", async (t) => {
  let nowMs = GENESIS_TIME_MS + 20_000;
  const chain = new TestChain({ clock: { nowMs: () => nowMs, monotonicMs: () => 0 }, spec: { futureBoundMs: 5_000 } }).start();
  const { genesis } = chain;
  const code = async (deviation: Parameters<TestChain["make"]>[1], parent: TreeHeader = genesis) => {
    const verdict = await chain.import(chain.make(parent, deviation));
    return "code" in verdict ? verdict.code : verdict.status;
  };
  t.equal(await code({ extra: new Uint8Array(3) }), "NAKAMOTO_EXTRA");
  t.equal(await code({ seal: new Uint8Array(9) }), "NAKAMOTO_SEAL");
  t.equal(await code({ bits: 0x207ffffe }), "NAKAMOTO_WRONG_BITS", "harder than demanded is wrong, too");
  t.equal(await code({ extra: Uint8Array.of(0x20, 0xff, 0xff, 0xff) }), "NAKAMOTO_WRONG_BITS", "not even a target");
  t.equal(await code({ timestampMs: GENESIS_TIME_MS }), "NAKAMOTO_TIMESTAMP_TOO_OLD", "the median itself is too old");
  t.equal(await code({ timestampMs: nowMs + 5_000 }), "imported", "exactly at the future bound");

  const future = chain.make(genesis, { timestampMs: nowMs + 5_001 });
  t.match(await chain.import(future), { status: "not-yet", code: "NAKAMOTO_TIMESTAMP_TOO_NEW", retryAtMs: nowMs + 1 });
  const lie = { ...future.header, seal: badSeal(future.header) };
  t.match(await chain.import({ ...future, header: lie }), { status: "invalid", code: "NAKAMOTO_INSUFFICIENT_WORK" }, "waiting costs work");
  nowMs += 1;
  t.equal((await chain.import(future)).status, "imported");

  const good = chain.make(genesis);
  const records = [good.header, { ...good.header, seal: badSeal(good.header) }].map((header) => ({ record: headerRecord(header) }));
  const [first, second] = await chain.engine.verifySeals(records);
  t.same(first, { ok: true });
  t.match(second, { ok: false, reason: /above the target/ });
});

/** The next nonce that does not meet the target. */
function badSeal(header: ReturnType<TestChain["make"]>["header"]): Uint8Array {
  const target = targetOfBits(bitsFromBytes(header.extra) ?? 0);
  for (let nonce = 0; ; nonce++) {
    const seal = Uint8Array.of(9, 9, 9, 9, 9, 9, 9, nonce);
    const { signingRoot } = headerRecord({ ...header, seal });
    if (BigInt(`0x${doubleSha256(Buffer.concat([signingRoot, seal]))}`) > target) return seal;
  }
}

t.test("the median time past: a timestamp may go back, but not below it", async (t) => {
  const chain = new TestChain().start();
  const line = await chain.grow(chain.genesis, 11);
  const tip = line[10] as TreeHeader;
  const median = (line[5] as TreeHeader).header.timestampMs;
  t.match(await chain.import(chain.make(tip, { timestampMs: median })), { status: "invalid", code: "NAKAMOTO_TIMESTAMP_TOO_OLD" });
  t.match(await chain.import(chain.make(tip, { timestampMs: median + 1 })), { status: "imported" });
});

t.test("difficulty follows the chain's own timestamps, by ASERT and by windows", async (t) => {
  const asert = new TestChain({ spec: { difficulty: { algorithm: "asert", halfLifeMs: 4_000 }, powLimitBits: "207fffff" } }).start();
  const fast = await asert.grow(asert.genesis, 8, 1);
  const target = (block: TreeHeader | undefined) => targetOfBits(bitsFromBytes(block?.header.extra ?? new Uint8Array(0)) ?? 0);
  t.ok(target(fast[7]) < target(fast[0]) / 3n, "seven seconds ahead of schedule at a half-life of four");
  const slow = await asert.grow(fast[7] as TreeHeader, 8, 20_000);
  t.equal(target(slow[7]), target(asert.genesis), "late: back at the limit");
  t.ok((asert.engine.status() as { difficulty: number }).difficulty >= 1);

  const window = new TestChain({ spec: { difficulty: { algorithm: "window", windowBlocks: 4 } } }).start();
  const blocks = [window.genesis, ...(await window.grow(window.genesis, 9, 500))];
  t.same(
    blocks.map((block) => target(window.genesis) / target(block)),
    [1n, 1n, 1n, 1n, 1n, 2n, 2n, 2n, 2n, 4n],
    "twice as fast: a step of two after each window of four intervals",
  );
  t.equal(window.engine.traits.ancestryDepth, 11);
  t.equal(new TestChain({ spec: { difficulty: { algorithm: "window", windowBlocks: 50 } } }).engine.traits.ancestryDepth, 51);
});

t.test("a window does not end before the last one ended, or a miner of most blocks would count time twice", async (t) => {
  const chain = new TestChain({ spec: { difficulty: { algorithm: "window", windowBlocks: 4 } } }).start();
  let tip = chain.genesis;
  const add = async (timestampMs: number) => {
    const verdict = await chain.import(chain.make(tip, { timestampMs }));
    if (verdict.status === "imported") tip = chain.headers.get(Hash.key(verdict.id)) as TreeHeader;
    return "code" in verdict ? verdict.code : verdict.status;
  };
  const border = GENESIS_TIME_MS + 60_000;
  for (let height = 1; height < 8; height++)
    t.equal(await add(height === 4 ? border : GENESIS_TIME_MS + height), "imported", `block ${height}`);
  t.equal(await add(border), "NAKAMOTO_TIMESTAMP_TOO_OLD", "above the median, and not above the border");
  t.equal(await add(border + 1), "imported");
  const asert = new TestChain().start();
  const ahead = await asert.grow(asert.genesis, 3, 1_000);
  t.equal(
    (await asert.import(asert.make(ahead[2] as TreeHeader, { timestampMs: GENESIS_TIME_MS + 2_500 }))).status,
    "imported",
    "asert has no borders",
  );
});

t.test("the heaviest chain: ties, reorgs, depth", async (t) => {
  const chain = new TestChain({ spec: { maxReorgDepth: 4, confirmations: 2 } }).start();
  const a = await chain.grow(chain.genesis, 2);
  const b = await chain.grow(chain.genesis, 2, 1_001);
  t.equal(chain.head, a[1], "equal work: first seen");
  const more = await chain.grow(b[1] as TreeHeader, 1);
  t.equal(chain.head, more[0], "heavier wins");
  t.equal(chain.metrics.counts.get("nakamoto_reorg_depth_blocks"), 1);
  const line = [chain.genesis, ...b, ...more, ...(await chain.grow(chain.head, 4))];
  t.same(chain.choices.at(-1), { head: line[7]?.id, justified: line[5]?.id, finalized: line[3]?.id });

  const late = await chain.grow(line[2] as TreeHeader, 6, 1_002);
  t.equal(chain.head, line[7], "a branch that leaves below finality is refused, though heavier");
  t.ok((late[5] as TreeHeader).weight > chain.head.weight);
  t.equal(chain.metrics.counts.get("nakamoto_refused_branches"), 1);
});

t.test("a chosen block that fails execution: its branch is out, the next best is taken", async (t) => {
  const chain = new TestChain().start();
  const a = await chain.grow(chain.genesis, 2);
  const [b1] = await chain.grow(chain.genesis, 1, 1_001);
  const bad = chain.make(b1 as TreeHeader);
  chain.poisoned.add(Hash.key(headerRecord(bad.header).id));
  t.match(await chain.import(bad), { status: "imported", canonical: false }, "equal work: not even tried");
  const child = chain.make(chain.headers.get(Hash.key(headerRecord(bad.header).id)) as TreeHeader);
  t.match(await chain.import(child), { status: "imported", canonical: false });
  t.equal(chain.head, a[1], "execution of its parent failed");
  t.same(chain.choices.at(-2)?.head, headerRecord(child.header).id, "it was chosen before");
  const again = chain.make(chain.headers.get(Hash.key(headerRecord(child.header).id)) as TreeHeader);
  await chain.import(again);
  t.equal(chain.head, a[1], "descendants stay out");
  const [next] = await chain.grow(a[1] as TreeHeader, 1);
  t.equal(chain.head, next);
});

t.test("restore: core's head, unless something heavier was stored", async (t) => {
  const chain = new TestChain().start();
  const a = await chain.grow(chain.genesis, 2);
  const b = await chain.grow(chain.genesis, 2, 1_001);
  const [heavy] = await chain.grow(b[1] as TreeHeader, 1);
  chain.restore([...a, ...b], (b[1] as TreeHeader).id);
  t.equal(chain.head, b[1], "first seen survives");
  chain.restore([chain.genesis, ...a, ...b, heavy as TreeHeader], (a[1] as TreeHeader).id);
  t.equal(chain.head, heavy);
  chain.restore([heavy as TreeHeader], (heavy as TreeHeader).id, (b[1] as TreeHeader).id);
  t.same(chain.choices.at(-1), { head: heavy?.id, justified: b[1]?.id, finalized: b[1]?.id }, "from a finalized block on");
});

t.test("parameters and options that can't be are refused with their path", async (t) => {
  const refused: readonly (readonly [object, string, RegExp])[] = [
    [{ initialTargetBits: "20ffffff" }, "initialTargetBits", /negative/],
    [{ initialTargetBits: "207fffff", powLimitBits: "1f00ffff" }, "initialTargetBits", /easier than powLimitBits/],
    [{ powLimitBits: "00000000" }, "powLimitBits", /zero/],
    [{ medianTimeBlocks: 10 }, "medianTimeBlocks", /odd/],
    [{ confirmations: 7, maxReorgDepth: 6 }, "confirmations", /more than maxReorgDepth/],
  ];
  for (const [spec, path, message] of refused) {
    t.throws(() => new TestChain({ spec }), { code: ParametersError.code, message, data: { path } }, path);
  }
  t.throws(() => new TestChain({ config: { mine: true, address: undefined } }).start(), { code: AddressError.code });
  t.throws(() => new TestChain({ config: { address: "cx1qqqq" } }).start(), { code: AddressError.code });
});

t.test("the manifest and what the engine tells of itself", async (t) => {
  t.equal(manifest.id, "consensus-nakamoto");
  const chain = new TestChain({ spec: { confirmations: 3 } });
  t.same(chain.engine.status(), { algorithm: "asert", blockIntervalMs: 1_000 }, "before it knows the chain");
  chain.start();
  t.equal(chain.engine.confirmations, 3);
  t.same(chain.engine.traits, {
    headers: "ancestry",
    finality: "probabilistic",
    ancestryDepth: 11,
    certificates: false,
    clock: "free",
  });
  t.match(chain.engine.status(), { bits: "207fffff", difficulty: 1, expectedHashes: "2", chainWork: "2", production: { mining: false } });
  t.match(chain.engine.describeHeader(chain.make(chain.genesis).header), { bits: "207fffff", difficulty: 1, nonce: /^[0-9a-f]{16}$/ });
});
