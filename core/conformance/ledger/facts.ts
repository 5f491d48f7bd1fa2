/** Ledger conformance: what the mempool is told, and the treasury. */
import { ChainwrightError } from "../../kernel/errors.js";
import type { PoolFacts } from "../../ports/ledger.js";
import type { StateWriter } from "../../ports/state.js";
import { Address } from "../../primitives/address.js";
import { type ConformanceCase, describeThrown, holds } from "../case.js";
import { CONFORMANCE_KEYS } from "../harness/services.js";
import { MapWriter } from "../harness/state.js";
import type { LedgerRun } from "./subject.js";

/** Facts of a sample over the state after all samples before it. */
async function factsInOrder(run: LedgerRun): Promise<readonly PoolFacts[]> {
  const facts: PoolFacts[] = [];
  const env = { height: run.env.height, rules: run.env.rules };
  for (const [index, raw] of run.samples.entries()) {
    const { state } = await run.execute(run.samples.slice(0, index), "import");
    facts.push(run.ledger.pool(run.decode([raw]), 0, state, env));
  }
  return facts;
}

export const mempool: readonly ConformanceCase<LedgerRun>[] = [
  {
    name: "pool: facts of a transaction that may be next are within their ranges",
    async run(run) {
      const { outcome } = await run.execute(run.samples, "import");
      for (const [index, facts] of (await factsInOrder(run)).entries()) {
        const receipt = outcome.receipts[index];
        holds(
          facts.requires.length === 0,
          "a transaction that may be in the next block requires nothing of the pool",
          `sample ${index} requires ${facts.requires}`,
        );
        holds(facts.sender !== "", "`sender` says whose queue it counts against", `sample ${index} has none`);
        holds(
          facts.fee >= 0n && receipt !== undefined && receipt.feePaid <= facts.fee,
          "a transaction pays at most the fee that the pool was told",
          `${receipt?.feePaid} of ${facts.fee}`,
        );
        holds(receipt.weight <= facts.weight, "`weight` is an upper bound", `${receipt.weight} of ${facts.weight}`);
        holds(
          facts.validFrom <= run.env.height && run.env.height <= facts.validUntil,
          "`validFrom` and `validUntil` are the heights at which it may be in a block",
          `${facts.validFrom} to ${facts.validUntil}`,
        );
        for (const { amount, available } of facts.reserves)
          holds(amount >= 0n && amount <= available, "what is reserved of an account is there", `${amount} of ${available}`);
      }
    },
  },
  {
    name: "pool: tags link transactions that come one after another",
    async run(run) {
      const env = { height: run.env.height, rules: run.env.rules };
      const genesis = run.genesis();
      const offered = new Set<string>();
      for (const [index, raw] of run.samples.entries()) {
        const facts = run.ledger.pool(run.decode([raw]), 0, genesis, env);
        const missing = facts.requires.filter((tag) => !offered.has(tag));
        holds(
          missing.length === 0,
          "what a valid sequence requires, its earlier transactions provide",
          `sample ${index} requires ${missing}`,
        );
        for (const tag of facts.provides) offered.add(tag);
        const again = run.ledger.pool(run.decode([raw]), 0, genesis, env);
        holds(
          JSON.stringify(again, bigints) === JSON.stringify(facts, bigints),
          "facts depend on transaction, state and height alone",
          `those of sample ${index} differ`,
        );
      }
    },
  },
  {
    name: "pool: a transaction rivals its own copy",
    async run(run) {
      for (const [index, facts] of (await factsInOrder(run)).entries()) {
        holds(
          facts.conflicts.length + facts.provides.length > 0,
          "`provides` or `conflicts` has a tag that at most one pooled transaction may claim",
          `sample ${index} has none, so its copies could fill the pool`,
        );
      }
    },
  },
  {
    name: "pool: what is in the chain already is refused with a typed error",
    async run(run) {
      const { state } = await run.execute(run.samples, "import");
      for (const [index, raw] of run.samples.entries()) {
        let thrown: unknown;
        try {
          run.ledger.pool(run.decode([raw]), 0, state, { height: run.env.height, rules: run.env.rules });
        } catch (error) {
          thrown = error;
        }
        holds(
          ChainwrightError.is(thrown),
          "`pool` throws a typed error for what can't be in the next blocks",
          thrown === undefined ? `sample ${index} is welcome again` : describeThrown(thrown),
        );
      }
    },
  },
];

function bigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

export const treasuries: readonly ConformanceCase<LedgerRun>[] = [
  {
    name: "treasury: credit and debit change the supply by exactly what they move",
    async run(run) {
      const { treasury } = run;
      holds(
        treasury !== undefined,
        "every ledger provides a treasury",
        "the manifest does not provide chainwright:treasury; pass `supports: { treasury: false }`",
      );
      const writer: StateWriter = new MapWriter(run.genesis());
      const account = CONFORMANCE_KEYS.addresses[2] ?? Address.zero;
      const before = treasury.supply(writer);
      treasury.credit(writer, account, 1_000n);
      holds(treasury.supply(writer) === before + 1_000n, "`credit` raises the supply by the amount", `${treasury.supply(writer) - before}`);
      const taken = treasury.debit(writer, account, 400n);
      holds(taken === 400n && treasury.supply(writer) === before + 600n, "`debit` lowers the supply by what it took", `it took ${taken}`);
      const rest = treasury.debit(writer, account, before + 1_000_000n);
      holds(
        rest <= before + 600n && treasury.supply(writer) === before + 600n - rest,
        "`debit` takes at most what is there",
        `it took ${rest}`,
      );
      holds(treasury.debit(writer, account, 1n) === 0n, "`debit` of an empty account takes nothing", "it took something");
    },
  },
  {
    name: "treasury: a block conserves the supply, up to what is issued",
    async run(run) {
      const { treasury } = run;
      if (treasury === undefined) return;
      const before = treasury.supply(run.genesis());
      const { state } = await run.execute(run.samples, "import");
      const issued = run.subject.issued ?? 0n;
      const change = treasury.supply(state) - before;
      holds(
        change === issued,
        "supply changes only through the treasury and by the ledger's own issuance (`issued` of the subject)",
        `it changed by ${change}, not ${issued}`,
      );
    },
  },
];
