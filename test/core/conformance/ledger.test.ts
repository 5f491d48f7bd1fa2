import t from "tap";
import { CONFORMANCE_CHAIN_ID, CONFORMANCE_KEYS, type LedgerSubject, ledgerConformance } from "../../../core/conformance/index.js";
import type { BlockEnvironment, ExecutionOptions, ExecutionOutcome, PoolFacts, TransactionBatch } from "../../../core/ports/ledger.js";
import type { StateReader, StateWriter } from "../../../core/ports/state.js";
import { buildTransfer } from "../../../core/primitives/account-transaction.js";
import { Address } from "../../../core/primitives/address.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import manifest from "../../../plugins/ledger-account/index.js";
import { AccountLedger } from "../../../plugins/ledger-account/ledger.js";

const { secretKeys, addresses, addressTexts } = CONFORMANCE_KEYS;
const ISSUED = 50n;

function transfer(from: number, nonce: number, amount = 5n): Bytes {
  return buildTransfer({
    chainId: CONFORMANCE_CHAIN_ID,
    from: secretKeys[from] ?? new Uint8Array(32),
    to: addresses[2] ?? Address.zero,
    amount,
    nonce,
    fee: 1_000n,
  });
}

function subject(plugin: LedgerSubject["manifest"]["plugin"] = AccountLedger): LedgerSubject {
  return {
    manifest: { ...manifest, plugin },
    parameters: {
      allocations: [
        { address: addressTexts[0], amount: "1000000" },
        { address: addressTexts[1], amount: "1000000" },
      ],
      issuance: { initialPerBlock: Number(ISSUED) },
    },
    samples: [transfer(0, 0), transfer(1, 0), transfer(0, 1)],
    refused: [transfer(0, 9), transfer(2, 0, 1_000_000n)],
    issued: ISSUED,
  };
}

t.test("ledger-account keeps the laws of the ledger port", async (t) => {
  for (const { name, run } of ledgerConformance(subject())) await t.test(name, run);
});

/** Names of the cases that a ledger fails, and their messages. */
async function failuresOf(plugin: LedgerSubject["manifest"]["plugin"]): Promise<Map<string, string>> {
  const failures = new Map<string, string>();
  for (const { name, run } of ledgerConformance(subject(plugin))) {
    await run().catch((error: unknown) => failures.set(name, error instanceof Error ? error.message : String(error)));
  }
  return failures;
}

t.test("a ledger that breaks a law fails the case of that law", async (t) => {
  await t.test("a lax decoder", async (t) => {
    const failures = await failuresOf(
      class extends AccountLedger {
        override decodeBlock(raws: readonly Bytes[], rules: BlockEnvironment["rules"]): ReturnType<AccountLedger["decodeBlock"]> {
          return super.decodeBlock(
            raws.map((raw) => (raw.at(-1) === 0 ? raw.slice(0, -1) : raw)),
            rules,
          );
        }
      },
    );
    t.match(
      failures.get("decode: what is not canonical is refused with a typed error, whatever it is"),
      /law broken: what decodes is the one encoding/,
    );
  });

  await t.test("an untyped error", async (t) => {
    const failures = await failuresOf(
      class extends AccountLedger {
        override decodeBlock(raws: readonly Bytes[], rules: BlockEnvironment["rules"]): ReturnType<AccountLedger["decodeBlock"]> {
          if (raws.some((raw) => raw.length === 0)) throw new RangeError("oops");
          return super.decodeBlock(raws, rules);
        }
      },
    );
    t.match(
      failures.get("decode: what is not canonical is refused with a typed error, whatever it is"),
      /typed errors only\n.*RangeError: oops/,
    );
  });

  await t.test("production that differs from import", async (t) => {
    const failures = await failuresOf(
      class extends AccountLedger {
        override async execute(
          batch: TransactionBatch,
          writer: StateWriter,
          env: BlockEnvironment,
          options: ExecutionOptions,
        ): Promise<ExecutionOutcome> {
          if (options.mode === "produce") writer.set(Uint8Array.of(200), Uint8Array.of(1));
          return super.execute(batch, writer, env, options);
        }
      },
    );
    t.match(failures.get("execute: import and produce do exactly the same"), /both modes do exactly the same/);
  });

  await t.test("execution that remembers", async (t) => {
    let count = 0;
    const failures = await failuresOf(
      class extends AccountLedger {
        override async execute(
          batch: TransactionBatch,
          writer: StateWriter,
          env: BlockEnvironment,
          options: ExecutionOptions,
        ): Promise<ExecutionOutcome> {
          writer.set(Uint8Array.of(200), Uint8Array.of(++count));
          return super.execute(batch, writer, env, options);
        }
      },
    );
    t.match(failures.get("execute: is deterministic, however often it pauses"), /depends on nothing but batch, state and environment/);
    t.match(failures.get("access: names every key that execution touches, if it says that it is complete"), /0xc8 was touched/);
  });

  await t.test("no conflicts, and facts that promise too little", async (t) => {
    const failures = await failuresOf(
      class extends AccountLedger {
        override pool(
          batch: TransactionBatch,
          index: number,
          view: StateReader,
          env: { height: BlockEnvironment["height"]; rules: BlockEnvironment["rules"] },
        ): PoolFacts {
          return { ...super.pool(batch, index, view, env), conflicts: [], provides: [], weight: 0 };
        }
      },
    );
    t.match(failures.get("pool: a transaction rivals its own copy"), /copies could fill the pool/);
    t.match(failures.get("pool: facts of a transaction that may be next are within their ranges"), /`weight` is an upper bound/);
  });

  await t.test("what is in the chain is welcome again", async (t) => {
    const asked = new Map<string, PoolFacts>();
    const failures = await failuresOf(
      class extends AccountLedger {
        override pool(
          batch: TransactionBatch,
          index: number,
          view: StateReader,
          env: { height: BlockEnvironment["height"]; rules: BlockEnvironment["rules"] },
        ): PoolFacts {
          const id = Hash.key(batch.transactions[index]?.id ?? Hash.zero);
          const facts = asked.get(id) ?? super.pool(batch, index, view, env);
          asked.set(id, facts);
          return facts;
        }
      },
    );
    t.match(failures.get("pool: what is in the chain already is refused with a typed error"), /welcome again/);
  });

  await t.test("pieces that are not the whole", async (t) => {
    const name = "join, slice: a block decoded in pieces is the same block";
    const unordered = await failuresOf(
      class extends AccountLedger {
        override join(batches: readonly TransactionBatch[]) {
          return super.join([...batches].reverse());
        }
      },
    );
    t.match(unordered.get(name), /`join` answers what decoding together would/);
    const greedy = await failuresOf(
      class extends AccountLedger {
        override slice(batch: TransactionBatch, from: number) {
          return super.slice(batch, from, batch.transactions.length);
        }
      },
    );
    t.match(greedy.get(name), /up to and without `to`/);
  });

  await t.test("money from nowhere", async (t) => {
    const failures = await failuresOf(
      class extends AccountLedger {
        override supply(): bigint {
          return 7n;
        }
      },
    );
    t.match(failures.get("treasury: credit and debit change the supply by exactly what they move"), /`credit` raises the supply/);
    t.match(failures.get("treasury: a block conserves the supply, up to what is issued"), /it changed by 0, not 50/);
  });

  await t.test("parameters that do not fit the schema", async (t) => {
    const [first] = ledgerConformance({ ...subject(), parameters: { allocations: "many" } });
    await t.rejects(async () => first?.run(), {
      message: /parameters given to the conformance run do not fit the manifest's schema: \/allocations/,
    });
  });
});
