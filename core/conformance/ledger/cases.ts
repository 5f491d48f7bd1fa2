/** Ledger conformance: genesis, decoding, signatures, execution. */
import { ChainwrightError } from "../../kernel/errors.js";
import { InvalidTransactionError } from "../../ports/errors.js";
import type { TransactionBatch } from "../../ports/ledger.js";
import { Address } from "../../primitives/address.js";
import { type Bytes, bytesEqual, EMPTY_BYTES, toHex } from "../../primitives/bytes.js";
import { Hash } from "../../primitives/hash.js";
import { bitmapGet, checkSignatureBatch } from "../../primitives/signature-batch.js";
import { encodeTransaction } from "../../primitives/transaction-codec.js";
import { type ConformanceCase, describeThrown, holds } from "../case.js";
import { CONFORMANCE_KEYS, InlineCompute } from "../harness/services.js";
import { MapWriter, rootOf } from "../harness/state.js";
import { isPlainJson, noise } from "../harness/values.js";
import { type LedgerRun, resultOf } from "./subject.js";

/** Bytes near `raw` that are not it: cut off, with more behind, and with single bits flipped all over. */
function mutationsOf(raw: Bytes): readonly Bytes[] {
  const mutations: Bytes[] = [EMPTY_BYTES, raw.slice(0, -1), raw.slice(1), Uint8Array.from([...raw, 0]), noise(raw.length, 1)];
  for (let bit = 0; bit < raw.length * 8; bit += Math.max(1, Math.floor(raw.length / 64))) {
    const flipped = raw.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    mutations.push(flipped);
  }
  return mutations;
}

const idsOf = ({ transactions }: TransactionBatch): string => transactions.map(({ id }) => Hash.key(id)).join(" ");

export const decoding: readonly ConformanceCase<LedgerRun>[] = [
  {
    name: "genesis: follows from the chain spec alone",
    async run(run) {
      const [first, again] = [run.genesis(), run.genesis()];
      holds(Hash.key(first.root) === Hash.key(again.root), "`genesis` is deterministic", "two states");
    },
  },
  {
    name: "decode: a batch is its single transactions, in order",
    async run(run) {
      const together = run.decode(run.samples).transactions;
      holds(
        together.length === run.samples.length,
        "a batch has all transactions, in order",
        `${together.length} of ${run.samples.length}`,
      );
      for (const [index, raw] of run.samples.entries()) {
        const [alone] = run.decode([raw]).transactions;
        const seen = together[index];
        const same =
          seen !== undefined &&
          alone !== undefined &&
          bytesEqual(seen.raw, raw) &&
          bytesEqual(alone.raw, raw) &&
          bytesEqual(seen.id, alone.id);
        holds(same, "a single decode is a batch of one", `transaction ${index} differs`);
      }
      holds(run.decode([]).transactions.length === 0, "an empty block decodes to an empty batch", "some transactions");
    },
  },
  {
    name: "join, slice: a block decoded in pieces is the same block",
    async run(run) {
      const { ledger, samples } = run;
      const law = "`join` answers what decoding together would";
      const together = run.decode(samples);
      const joined = ledger.join(samples.map((raw) => run.decode([raw])));
      holds(idsOf(joined) === idsOf(together), law, `${joined.transactions.length} transactions, or others`);
      holds(resultOf(await run.executeBatch(joined)) === resultOf(await run.executeBatch(together)), law, "it executes otherwise");
      const keys = (batch: TransactionBatch) => ledger.access(batch, run.env).keys.map(toHex);
      const wholeKeys = new Set(keys(together));
      const pieces = samples.map((_, index) => ledger.slice(together, index, index + 1));
      for (const [index, piece] of pieces.entries()) {
        const alone = run.decode(samples.slice(index, index + 1));
        holds(
          idsOf(piece) === idsOf(alone),
          "`slice` answers the transactions from `from` up to and without `to`",
          `at ${index} it does not`,
        );
        holds(
          toHex(ledger.signatures(piece).batch.messages) === toHex(ledger.signatures(alone).batch.messages),
          "the signatures of a slice are those of its transactions",
          `at ${index} they are others`,
        );
        for (const key of keys(piece)) holds(wholeKeys.has(key), "the keys of a slice are among those of the whole", `0x${key} is not`);
      }
      const all = new Set(pieces.flatMap(keys));
      for (const key of wholeKeys) holds(all.has(key), "the keys of all slices are those of the whole", `0x${key} is missing`);
      holds(ledger.slice(together, 0, 0).transactions.length === 0, "a slice may be empty", "some transactions");
    },
  },
  {
    name: "decode: what is not canonical is refused with a typed error, whatever it is",
    async run(run) {
      for (const mutation of run.samples.slice(0, 2).flatMap(mutationsOf)) {
        try {
          const [transaction] = run.decode([mutation]).transactions;
          const canonical =
            transaction !== undefined && bytesEqual(encodeTransaction(transaction.body, transaction.authorizations), mutation);
          holds(
            canonical,
            "what decodes is the one encoding of what it means",
            `0x${toHex(mutation).slice(0, 80)}… decodes, and is encoded otherwise`,
          );
        } catch (thrown) {
          if (thrown instanceof Error && thrown.name === "AssertionError") throw thrown;
          holds(
            ChainwrightError.is(thrown),
            "`decodeBlock` throws typed errors only",
            `${describeThrown(thrown)} for 0x${toHex(mutation).slice(0, 80)}`,
          );
        }
      }
    },
  },
  {
    name: "decode: more bytes than the rules allow are refused",
    async run(run) {
      const rules = {
        ...run.env.rules,
        limits: { ...run.env.rules.limits, transactionBytes: Math.min(...run.samples.map((raw) => raw.length)) - 1 },
      };
      let refused = false;
      try {
        run.ledger.decodeBlock(run.samples, rules);
      } catch (thrown) {
        holds(ChainwrightError.is(thrown), "`decodeBlock` throws typed errors only", describeThrown(thrown));
        refused = true;
      }
      holds(refused, "`decodeBlock` refuses what is too large under `rules`", "it was decoded");
    },
  },
  {
    name: "signatures: all of them, exactly those of the authorizations, and good for the samples",
    async run(run) {
      const decoded = run.decode(run.samples);
      const { batch, transactionIndexes } = run.ledger.signatures(decoded);
      checkSignatureBatch(batch);
      holds(
        transactionIndexes.length === batch.count,
        "`transactionIndexes` has one entry for each signature",
        `${transactionIndexes.length} for ${batch.count}`,
      );
      for (const index of transactionIndexes)
        holds(index < decoded.transactions.length, "`transactionIndexes` point into the batch", `${index}`);
      const expected = decoded.transactions.reduce((sum, { authorizations }) => sum + authorizations.length, 0);
      holds(batch.count === expected, "every authorization's signature is in the batch", `${batch.count} of ${expected}`);
      const verdicts = await new InlineCompute().verifySignatures(batch);
      for (let i = 0; i < batch.count; i++)
        holds(
          bitmapGet(verdicts, i),
          "signatures are over the message that the wallet signed",
          `signature ${i} of the samples is not good`,
        );
    },
  },
  {
    name: "describe: plain JSON for every sample and account",
    async run(run) {
      const batch = run.decode(run.samples);
      const view = run.genesis();
      const law = "`describe` and `describeAccount` answer plain JSON: no bigint, no bytes, no classes";
      for (const index of run.samples.keys()) holds(isPlainJson(run.ledger.describe(batch, index)), law, `transaction ${index}`);
      for (const address of [...CONFORMANCE_KEYS.addresses, Address.zero]) {
        holds(isPlainJson(run.ledger.describeAccount(address, view)), law, `account ${toHex(address)}`);
        for (const key of run.ledger.accountKeys(address)) view.get(key);
      }
    },
  },
];

export const execution: readonly ConformanceCase<LedgerRun>[] = [
  {
    name: "execute: the samples are valid, one after another",
    async run(run) {
      const { outcome } = await run.execute(run.samples, "import");
      holds(
        outcome.included.join() === [...run.samples.keys()].join(),
        "in mode `import` all transactions are included, in order",
        `[${outcome.included}]`,
      );
      const batch = run.decode(run.samples);
      for (const [index, receipt] of outcome.receipts.entries()) {
        holds(receipt.ok && receipt.code === "", "the samples succeed", `transaction ${index}: ${receipt.code}`);
        const id = batch.transactions[index]?.id;
        holds(
          id !== undefined && bytesEqual(receipt.transactionId, id),
          "a receipt names its transaction",
          `receipt ${index} names another`,
        );
      }
      const weight = outcome.receipts.reduce((sum, receipt) => sum + receipt.weight, 0);
      holds(outcome.weight === weight, "a block's weight is the sum of its receipts'", `${outcome.weight}, not ${weight}`);
    },
  },
  {
    name: "execute: import and produce do exactly the same",
    async run(run) {
      const [imported, produced] = [await run.execute(run.samples, "import"), await run.execute(run.samples, "produce")];
      holds(
        resultOf(imported) === resultOf(produced),
        "for what they include, both modes do exactly the same",
        `${resultOf(imported)} and ${resultOf(produced)}`,
      );
      const empty = [await run.execute([], "import"), await run.execute([], "produce")].map(resultOf);
      holds(
        empty[0] === empty[1],
        "for what they include, both modes do exactly the same",
        `an empty block differs: ${empty.join(" and ")}`,
      );
    },
  },
  {
    name: "execute: is deterministic, however often it pauses",
    async run(run) {
      const results = new Set<string>();
      for (const slicing of ["never", "never", "always"] as const) results.add(resultOf(await run.execute(run.samples, "import", slicing)));
      holds(results.size === 1, "execution depends on nothing but batch, state and environment", [...results].join(" and "));
    },
  },
  {
    name: "execute: produce leaves out what may not be there, and only that; import throws",
    async run(run) {
      const law = "mode `produce` leaves out transactions that may not be in the block; the others go on as if they had not been there";
      const clean = resultOf(await run.execute(run.samples, "import"));
      for (const refused of run.refused) {
        const mixed = [...run.samples, refused];
        const produced = await run.execute(mixed, "produce");
        holds(produced.outcome.included.join() === [...run.samples.keys()].join(), law, `included [${produced.outcome.included}]`);
        holds(resultOf(produced) === clean, law, `${resultOf(produced)} instead of ${clean}`);
        const [skipped] = produced.outcome.skipped;
        holds(
          skipped?.index === run.samples.length && skipped.code !== "",
          "what was left out is in `skipped`, with its code",
          JSON.stringify(produced.outcome.skipped),
        );
        let thrown: unknown;
        await run.execute(mixed, "import").catch((error: unknown) => {
          thrown = error;
        });
        holds(
          InvalidTransactionError.matches(thrown),
          "mode `import` throws InvalidTransactionError if a transaction may not be there",
          describeThrown(thrown),
        );
        holds(
          thrown.data.index === run.samples.length,
          "InvalidTransactionError names the index of the transaction",
          `${thrown.data.index}`,
        );
      }
    },
  },
  {
    name: "execute: changes nothing but its writer",
    async run(run) {
      const raws = run.samples.map((raw) => raw.slice());
      const genesis = run.genesis();
      const writer = new MapWriter(genesis);
      await run.ledger.execute(run.decode(raws), writer, run.env, { mode: "import", slicer: { due: () => false, pause: async () => {} } });
      const before = Hash.key(rootOf(genesis.entries));
      holds(
        before === Hash.key(run.genesis().root),
        "what state answered is not changed by the ledger",
        "bytes of the parent's state have changed",
      );
      holds(
        raws.every((raw, i) => bytesEqual(raw, run.samples[i] ?? EMPTY_BYTES)),
        "raw transactions are not changed",
        "they were",
      );
    },
  },
  {
    name: "access: names every key that execution touches, if it says that it is complete",
    async run(run) {
      const batch = run.decode(run.samples);
      const { keys, complete } = run.ledger.access(batch, { proposer: run.env.proposer });
      const declared = new Set(keys.map(toHex));
      const { writer } = await run.execute(run.samples, "import");
      if (!complete) return;
      for (const key of writer.touched)
        holds(
          declared.has(key),
          "`access` with `complete` names all keys that the batch will touch",
          `0x${key} was touched and is not declared`,
        );
    },
  },
  {
    name: "addresses: where it tells them, a list without repetition for each transaction",
    async run(run) {
      const { ledger } = run;
      if (ledger.addresses === undefined) return;
      const batch = run.decode(run.samples);
      const { outcome } = await run.execute(run.samples, "import");
      const lists = ledger.addresses(batch, outcome.receipts);
      holds(lists.length === run.samples.length, "`addresses` answers one list for each transaction", `${lists.length} lists`);
      for (const [index, list] of lists.entries())
        holds(
          new Set(list.map(Address.key)).size === list.length && list.every(({ length }) => length === Address.bytes),
          "`addresses` names each address once",
          `transaction ${index}: ${list.map(Address.key).join(" ")}`,
        );
    },
  },
];
