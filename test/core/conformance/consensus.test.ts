import t from "tap";
import { CONFORMANCE_KEYS, type ConsensusSubject, consensusConformance } from "../../../core/conformance/index.js";
import type { SealVerdict, StateWriter, TreeHeader } from "../../../core/ports/index.js";
import type { BlockEnvironment } from "../../../core/ports/ledger.js";
import { Address } from "../../../core/primitives/address.js";
import type { HeaderRecord } from "../../../core/primitives/block.js";
import type { Bytes } from "../../../core/primitives/bytes.js";
import { Hash } from "../../../core/primitives/hash.js";
import nakamoto from "../../../plugins/consensus-nakamoto/index.js";
import { ToyEngine, toyManifest } from "./toy-engine.js";

t.test("consensus-nakamoto keeps the laws of the consensus port", async (t) => {
  const cases = consensusConformance({
    manifest: nakamoto,
    parameters: { initialTargetBits: "207fffff", powLimitBits: "207fffff", blockIntervalMs: 1_000, futureBoundMs: 10_000 },
    config: { mine: true, address: CONFORMANCE_KEYS.addressTexts[0] },
    supports: { firstSeen: true },
  });
  t.ok(cases.length >= 20);
  for (const { name, run } of cases) await t.test(name, run);
});

t.test("an engine with slots and fork choice by blocks alone", async (t) => {
  for (const { name, run } of consensusConformance({ manifest: toyManifest(ToyEngine) })) await t.test(name, run);
});

t.test("an engine with certificates and instant finality", async (t) => {
  const cases = consensusConformance({ manifest: toyManifest(ToyEngine), parameters: { instant: true } });
  t.ok(cases.some(({ name }) => name.startsWith("certificates:")));
  t.notOk(
    cases.some(({ name }) => name.startsWith("choice:")),
    "no forks with instant finality",
  );
  for (const { name, run } of cases) await t.test(name, run);
});

/** The failure of the first failing case whose name begins with `prefix`. */
async function failureOf(prefix: string, plugin: ConsensusSubject["manifest"]["plugin"], instant = false): Promise<string | undefined> {
  const cases = consensusConformance({ manifest: toyManifest(plugin), parameters: { instant }, blockLimitMs: 60_000 });
  for (const { name, run } of cases.filter(({ name }) => name.startsWith(prefix))) {
    const failure = await run().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (failure !== undefined) return `${name}\n${failure}`;
  }
  return undefined;
}

t.test("an engine that breaks a law fails the case of that law", async (t) => {
  await t.test("money that is not there, or was not moved by the treasury", async (t) => {
    class Boasting extends ToyEngine {
      holdings() {
        return { account: Address.zero, amount: 1n };
      }
    }
    t.match(await failureOf("state: money", Boasting), /`holdings` is what lies in its account.*1 by its records, 0 in the account/s);

    class Forging extends ToyEngine {
      override genesisState(writer: StateWriter): void {
        super.genesisState(writer);
        writer.set(Uint8Array.of(1, ...Address.zero), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9));
      }
    }
    t.match(await failureOf("state: money", Forging), /by the treasury alone.*the accounts have 9, the supply is 0/s);
  });

  await t.test("traits out of range", async (t) => {
    class Deep extends ToyEngine {
      override readonly traits = {
        headers: "state",
        finality: "probabilistic",
        ancestryDepth: 5_000,
        certificates: false,
        clock: "slots",
      } as const;
    }
    t.match(await failureOf("traits", Deep), /ancestryDepth is 1 to 4,096/);
  });

  await t.test("genesis by the clock", async (t) => {
    class Clocked extends ToyEngine {
      static count = 0;
      override genesisState(writer: StateWriter): void {
        writer.set(Uint8Array.of(9), Uint8Array.of(++Clocked.count));
      }
    }
    t.match(await failureOf("genesis", Clocked), /genesis follows from the chain spec alone/);
  });

  await t.test("an untyped error on strange headers", async (t) => {
    class Untyped extends ToyEngine {
      override checkHeader(record: HeaderRecord, ancestors: { at(distance: number): TreeHeader | undefined }): void {
        if (record.header.extra.length !== 8) throw new RangeError("offset is out of bounds");
        super.checkHeader(record, ancestors);
      }
    }
    t.match(
      await failureOf("headers: nonsense", Untyped),
      /`checkHeader` and `contextFor` throw InvalidHeaderError or NotYetError and nothing else.*\n.*RangeError/,
    );
  });

  await t.test("ancestors beyond the traits", async (t) => {
    class Curious extends ToyEngine {
      override checkHeader(record: HeaderRecord, ancestors: { at(distance: number): TreeHeader | undefined }): void {
        ancestors.at(2);
        super.checkHeader(record, ancestors);
      }
    }
    t.match(await failureOf("headers: what", Curious), /ancestors are read at distances 1 to traits.ancestryDepth \(1\), not 2/);
  });

  await t.test("seals that are not checked", async (t) => {
    class Trusting extends ToyEngine {
      override async verifySeals(batch: readonly { readonly record: HeaderRecord }[]): Promise<readonly SealVerdict[]> {
        return batch.map(() => ({ ok: true }));
      }
    }
    t.match(await failureOf("seals: commit", Trusting), /a seal commits to the whole header/);
    t.match(await failureOf("seals: a broken", Trusting), /refuses seals that nobody made/);
  });

  await t.test("seals that throw", async (t) => {
    class Throwing extends ToyEngine {
      override async verifySeals(batch: readonly { readonly record: HeaderRecord }[]): Promise<readonly SealVerdict[]> {
        if (batch.some(({ record }) => record.header.seal.length !== 64)) throw new TypeError("a signature has 64 bytes");
        return super.verifySeals(batch);
      }
    }
    t.match(await failureOf("seals: a broken", Throwing), /never throws\n.*TypeError/);
  });

  await t.test("a batch that answers for the first only", async (t) => {
    class Lazy extends ToyEngine {
      override async verifySeals(batch: readonly { readonly record: HeaderRecord }[]): Promise<readonly SealVerdict[]> {
        const [first] = await super.verifySeals(batch);
        return batch.map(() => first ?? { ok: false, reason: "none" });
      }
    }
    t.match(await failureOf("seals: a batch", Lazy), /batched or single/);
  });

  await t.test("execution that depends on the node", async (t) => {
    class Local extends ToyEngine {
      #count = 0;
      override begin(writer: StateWriter, env: BlockEnvironment): void {
        super.begin(writer, env);
        writer.set(Uint8Array.of(8), Uint8Array.of(++this.#count));
      }
    }
    t.match(await failureOf("headers: what", Local), /law broken: a producer makes blocks|STATE_ROOT/);
    t.match(await failureOf("state: executing", Local), /law broken/);
  });

  await t.test("advancing that counts calls", async (t) => {
    class Counting extends ToyEngine {
      override advance(writer: StateWriter, timeMs: number): void {
        super.advance(writer, timeMs);
        const count = writer.get(Uint8Array.of(7))?.[0] ?? 0;
        writer.set(Uint8Array.of(7), Uint8Array.of(count + 1));
      }
    }
    t.match(await failureOf("state: advancing", Counting), /`advance` to t2 is `advance` to t1 and then to t2/);
  });

  await t.test("ties by arrival, without saying so", async (t) => {
    class FirstSeen extends ToyEngine {
      protected override isBetter(block: TreeHeader, than: TreeHeader): boolean {
        return block.header.height > than.header.height;
      }
    }
    t.match(await failureOf("choice: of two", FirstSeen), /ties are broken by the blocks alone/);
    t.equal(await failureOf("choice: the head", FirstSeen), undefined, "unequal branches are no matter of arrival");
  });

  await t.test("a head that stays on an invalid block", async (t) => {
    class Stubborn extends ToyEngine {
      override onInvalid(): void {}
    }
    t.match(await failureOf("choice: an invalid", Stubborn), /chooses a head that does not descend from that block/);
  });

  await t.test("a head that nobody knows", async (t) => {
    class Dreaming extends ToyEngine {
      protected override choose(block: TreeHeader): void {
        super.choose(block);
        this.host.choiceChanged({ head: Hash.from(new Uint8Array(32).fill(1)) });
      }
    }
    t.match(await failureOf("headers: what", Dreaming), /it chose the head 0101.*, a block that it was not given/);
  });

  await t.test("a chain that is forgotten over a restart", async (t) => {
    class Forgetful extends ToyEngine {
      override restore(tree: Parameters<ToyEngine["restore"]>[0]): void {
        super.restore({ ...tree, blocks: tree.blocks.slice(0, 1), head: tree.blocks[0]?.id ?? tree.head });
      }
    }
    t.match(await failureOf("restart: after a clean", Forgetful), /restore ∘ snapshot gives the same head/);
  });

  await t.test("a producer that can't stop", async (t) => {
    class Endless extends ToyEngine {
      override async stop(): Promise<void> {}
    }
    t.match(await failureOf("producer", Endless), /submits nothing more/);
  });

  await t.test("certificates that are not checked", async (t) => {
    class Careless extends ToyEngine {
      override async verifyCertificate(_record: HeaderRecord, _certificate: Bytes): Promise<SealVerdict> {
        return { ok: true };
      }
    }
    t.match(await failureOf("certificates", Careless, true), /`verifyCertificate` refuses what nobody certified/);
  });

  await t.test("garbage that is relayed", async (t) => {
    class Gossip extends ToyEngine {
      override onMessage(): "accept" {
        return "accept";
      }
    }
    t.match(await failureOf("channels", Gossip), /garbage is not relayed/);
  });

  await t.test("a constructor that throws", async (t) => {
    class Broken extends ToyEngine {
      constructor() {
        super({ instant: false });
        throw new Error("no");
      }
    }
    t.match(await failureOf("construction", Broken), /the engine can't be constructed: Error: no/);
  });
});
