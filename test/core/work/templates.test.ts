/** Templates for miners outside: when they are given again, when they are stale, and that nobody can fill memory with them. */
import t from "tap";
import type { ImportVerdict, UnsealedBlock } from "../../../core/ports/consensus.js";
import { Address } from "../../../core/primitives/address.js";
import { Height } from "../../../core/primitives/amount.js";
import type { Block } from "../../../core/primitives/block.js";
import { signingRootOf } from "../../../core/primitives/block-codec.js";
import { Hash, sha256Of } from "../../../core/primitives/hash.js";
import { targetToBytes } from "../../../core/work/compact.js";
import { type TemplateOptions, TemplateShelf } from "../../../core/work/templates.js";

const who = (number: number): Address => Address.from(new Uint8Array(20).fill(number));
const HALF = 2n ** 255n;

/** An engine whose blocks differ in height and timestamp, and whose proof is one hash. */
class Engine {
  nowMs = 1_000;
  height = 1;
  builds = 0;
  readonly submitted: Block[] = [];
  verdict: ImportVerdict["status"] = "imported";
  /** Runs while a block is built. */
  meanwhile: () => void | Promise<void> = () => undefined;
  readonly shelf: TemplateShelf;

  constructor(options: Partial<TemplateOptions> = {}, payout: Address | "nobody" = who(9)) {
    this.shelf = new TemplateShelf(
      {
        clock: { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs },
        sealBytes: 2,
        payout: () => (payout === "nobody" ? undefined : payout),
        build: (address) => this.#build(address),
        proofHash: (root, seal) => sha256Of(root, seal),
        submit: async (block) => {
          this.submitted.push(block);
          const id = Hash.zero;
          return this.verdict === "imported"
            ? { status: "imported", id, canonical: true }
            : { status: "not-yet", id, code: "X", reason: "no" };
        },
      },
      { maxTemplates: 3, lifetimeMs: 100, refreshMs: 10, ...options },
    );
  }

  async #build(proposer: Address) {
    this.builds++;
    const header = {
      chainId: "test",
      height: Height.from(this.height),
      parent: Hash.zero,
      timestampMs: this.nowMs,
      transactionsRoot: Hash.zero,
      receiptsRoot: Hash.zero,
      stateRoot: Hash.zero,
      payloadRoot: Hash.zero,
      proposer,
      extra: new Uint8Array(0),
    };
    const block: UnsealedBlock = {
      header,
      signingRoot: signingRootOf(header),
      transactions: [Uint8Array.of(1)],
      payload: new Uint8Array(0),
    };
    await this.meanwhile();
    return { block, target: targetToBytes(HALF), work: {} };
  }

  moveHead(): void {
    this.height++;
    this.shelf.headMoved();
  }

  /** A seal whose proof is good, or not. */
  seal(root: Hash, isGood = true): Uint8Array {
    for (let number = 0; ; number++) {
      const seal = Uint8Array.of(number >> 8, number & 0xff);
      if ((sha256Of(root, seal)[0] ?? 0) < 0x80 === isGood) return seal;
    }
  }
}

t.test("one template for each address until it has aged; all of them stale once the head has moved", async (t) => {
  const engine = new Engine();
  const { shelf } = engine;
  const first = await shelf.make();
  t.match(first, { sealBytes: 2, transactionCount: 1, madeAtMs: 1_000, expiresAtMs: 1_100, header: { height: 1, proposer: who(9) } });
  t.equal(await shelf.make(who(9)), first);
  t.not((await shelf.make(who(1))).id, first.id);
  t.equal(engine.builds, 2);
  engine.nowMs += 10;
  const newer = await shelf.make();
  t.not(newer.id, first.id, "it has aged: newer transactions may pay more");
  t.same(shelf.standing(first.id), { state: "current", expiresAtMs: 1_100 }, "and is still good");
  t.equal(shelf.count, 3);
  engine.moveHead();
  t.equal(shelf.count, 0);
  for (const { id } of [first, newer]) t.same(shelf.standing(id), { state: "stale", reason: "head" });
  await t.rejects(shelf.submit(first.id, engine.seal(first.signingRoot)), {
    code: "WORK_TEMPLATE_STALE",
    data: { reason: "head", height: 1 },
  });
  const next = await shelf.make();
  t.equal(next.header.height, 2);
  engine.nowMs += 100;
  t.same(shelf.standing(next.id), { state: "stale", reason: "expired" });
  await t.rejects(shelf.submit(next.id, new Uint8Array(2)), { code: "WORK_TEMPLATE_STALE", message: /height 2 is stale: its time is up/ });
});

t.test("a seal: judged before the chain is bothered", async (t) => {
  const engine = new Engine();
  const { shelf } = engine;
  const { id, signingRoot } = await shelf.make();
  await t.rejects(shelf.submit("00", new Uint8Array(2)), { code: "WORK_TEMPLATE_UNKNOWN", kind: "missing" });
  t.throws(() => shelf.standing("00"), { code: "WORK_TEMPLATE_UNKNOWN" });
  await t.rejects(shelf.submit(id, new Uint8Array(3)), { code: "WORK_SEAL_LENGTH", data: { bytes: 3, expected: 2 } });
  await t.rejects(shelf.submit(id, engine.seal(signingRoot, false)), { code: "WORK_ABOVE_TARGET", data: { target: "80".padEnd(64, "0") } });
  t.equal(engine.submitted.length, 0);
  const seal = engine.seal(signingRoot);
  t.same(await shelf.submit(id, seal), Hash.zero);
  t.match(engine.submitted, [{ header: { height: 1, seal }, transactions: [Uint8Array.of(1)] }]);
  engine.verdict = "not-yet";
  await t.rejects(shelf.submit(id, seal), { code: "WORK_BLOCK_REFUSED", data: { status: "not-yet", verdict: "X", reason: "no" } });
});

t.test("a head that moves while a block is built: built anew, and given up when it does so again and again", async (t) => {
  const engine = new Engine();
  engine.meanwhile = () => {
    if (engine.builds < 3) engine.moveHead();
  };
  t.equal((await engine.shelf.make()).header.height, 3);
  engine.meanwhile = () => engine.moveHead();
  engine.nowMs += 10;
  await t.rejects(engine.shelf.make(), { code: "WORK_TEMPLATES_BUSY", kind: "limit" });
  t.equal(engine.shelf.count, 0);
});

t.test("bounds: templates, those who wait, and what is remembered of stale ones", async (t) => {
  const engine = new Engine();
  const { shelf } = engine;
  const made: string[] = [];
  for (let number = 1; number <= 5; number++) made.push((await shelf.make(who(number))).id);
  t.equal(shelf.count, 3);
  for (const id of made.slice(0, 2)) t.throws(() => shelf.standing(id), { code: "WORK_TEMPLATE_UNKNOWN" }, "the oldest are forgotten");
  let open: () => void = () => undefined;
  engine.meanwhile = () => new Promise((resolve) => (open = resolve));
  const waiting = Array.from({ length: 32 }, () => shelf.make(who(7)));
  await t.rejects(shelf.make(who(8)), { code: "WORK_TEMPLATES_BUSY", data: { waiting: 32 } });
  await new Promise((resolve) => setImmediate(resolve));
  engine.meanwhile = () => undefined;
  open();
  t.equal(new Set((await Promise.all(waiting)).map(({ id }) => id)).size, 1, "who waits for the same gets the same");
  t.equal(engine.builds, 6);
  const stale: string[] = [];
  for (let number = 0; number < 300; number++) {
    engine.nowMs += 10;
    stale.push((await shelf.make()).id);
    engine.moveHead();
  }
  t.throws(() => shelf.standing(stale[0] ?? ""), { code: "WORK_TEMPLATE_UNKNOWN" });
  t.match(shelf.standing(stale.at(-1) ?? ""), { state: "stale" });
  await t.rejects(new Engine({}, "nobody").shelf.make(), { code: "WORK_TEMPLATE_ADDRESS" });
});
