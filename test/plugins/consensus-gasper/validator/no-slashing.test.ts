/**
 * Whatever happens to a node (it crashes between any two steps, its clock is set, branches come and go, it is started twice), its
 * validators never sign two messages that prove them guilty. The judge knows the definition of slashing and nothing of protection.
 */
import fc from "fast-check";
import t from "tap";
import { sha256 } from "../../../../core/sdk.js";
import {
  GENESIS_MS,
  Journal,
  SLOT_MS,
  SLOTS_PER_EPOCH,
  slashablePairs,
  type TestBlock,
  TestValidators,
  Time,
  Tree,
  turn,
} from "./fixtures.js";

type Step =
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "jump"; readonly slots: number }
  | { readonly kind: "block"; readonly on: number; readonly justified: number }
  | { readonly kind: "head"; readonly which: number }
  | { readonly kind: "restart"; readonly how: "clean" | "crash" }
  | { readonly kind: "slow"; readonly turns: number };

const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 3 * SLOT_MS }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("jump" as const), slots: fc.integer({ min: -9, max: 9 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("block" as const), on: fc.nat(20), justified: fc.integer({ min: 0, max: 8 }) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("head" as const), which: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("restart" as const), how: fc.constantFrom("clean" as const, "crash" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("slow" as const), turns: fc.nat(4) }) },
);

/** One node after the other over one disk and one tree. */
class Life {
  readonly tree = new Tree(4);
  readonly time = new Time();
  readonly #noProtection: boolean;
  #turns = 0;
  #runs = 0;
  node: TestValidators;

  constructor(noProtection: boolean) {
    this.#noProtection = noProtection;
    // Everybody's slot is often one of the same few, so that forks make them propose it twice.
    this.tree.proposerOf = (slot) => Math.floor(slot / 2) % 4;
    this.time.jump(2 * SLOTS_PER_EPOCH * SLOT_MS);
    this.node = this.#made(new Map());
  }

  #made(disk: Map<string, Uint8Array>): TestValidators {
    const slow = async () => {
      for (let at = 0; at < this.#turns; at++) await turn();
    };
    const journal = new Journal(disk, slow);
    const node = new TestValidators({ tree: this.tree, time: this.time, journal, keys: [0, 1, 2, 3], noProtection: this.#noProtection });
    node.salt = this.#runs++;
    node.beforeSign = slow;
    node.beforeState = slow;
    return node;
  }

  async do(step: Step): Promise<void> {
    if (step.kind === "pass") await this.time.pass(step.ms);
    if (step.kind === "jump") this.time.jump(step.slots * SLOT_MS);
    if (step.kind === "block") this.#block(step.on, step.justified);
    if (step.kind === "head") this.node.choose(this.#pick(step.which));
    if (step.kind === "slow") this.#turns = step.turns;
    if (step.kind === "restart") {
      if (step.how === "clean") await this.node.client.stop();
      else this.node.kill();
      this.node = this.#made(this.node.journal.disk);
      await this.node.client.start();
    }
  }

  #pick(which: number): TestBlock {
    const blocks = [...this.tree.blocks.values()];
    return blocks[blocks.length - 1 - (which % blocks.length)] ?? this.tree.head;
  }

  /** Of somebody else, in the slot under way, with whatever its branch has justified. */
  #block(on: number, justified: number): void {
    const parent = this.#pick(on);
    const slot = Math.floor((this.time.nowMs() - GENESIS_MS) / SLOT_MS);
    if (slot <= parent.slot) return;
    const epoch = Math.min(justified, Math.floor(slot / SLOTS_PER_EPOCH));
    this.tree.add(parent, slot, { epoch: Math.max(epoch, parent.justified.epoch), root: sha256(Uint8Array.of(epoch)) });
  }
}

async function live(steps: readonly Step[], noProtection = false): Promise<Life> {
  const life = new Life(noProtection);
  await life.node.client.start();
  for (const step of steps) await life.do(step);
  await life.time.pass(SLOT_MS);
  await life.node.client.stop();
  for (let at = 0; at < 8; at++) await turn();
  return life;
}

const arbitrarySteps = fc.array(arbitraryStep, { minLength: 20, maxLength: 60 });
const SEED = 20_261_121;

t.test("no two of all signed messages are slashable", async (t) => {
  let votes = 0;
  let blocks = 0;
  await fc.assert(
    fc.asyncProperty(arbitrarySteps, async (steps) => {
      const { tree } = await live(steps);
      votes += tree.signed.votes.length;
      blocks += tree.signed.blocks.length;
      const found = slashablePairs(tree.signed);
      if (found.length > 0) throw new Error(found.join(", "));
    }),
    { numRuns: 24, seed: SEED },
  );
  t.ok(votes > 150, `${votes} votes`);
  t.ok(blocks > 100, `${blocks} blocks`);
});

t.test("without protection the same lives end in slashings of each kind", async (t) => {
  const kinds = new Set<string>();
  for (const steps of fc.sample(arbitrarySteps, { numRuns: 40, seed: SEED })) {
    for (const pair of slashablePairs((await live(steps, true)).tree.signed)) kinds.add(pair.replace(/ of \d+$/, ""));
    if (kinds.size === 3) break;
  }
  t.same([...kinds].sort(), ["double proposal", "double vote", "surround vote"], "so the judge can tell, and the lives are hard enough");
});
