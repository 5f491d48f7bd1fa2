/**
 * The mempool: submissions with and without real signature checks, selection for a block, following the head.
 *
 * Storage is in memory, so that these figures are the mempool's own; the journal's cost on disk is the storage suite's.
 */
import { availableParallelism } from "node:os";
import { ComputeService } from "../../core/compute/index.js";
import { SILENT, UNMETERED } from "../../core/kernel/quiet.js";
import { Mempool } from "../../core/mempool/index.js";
import type { ChainSpec, Rules } from "../../core/ports/chain-spec.js";
import type { Compute, SignatureBatch } from "../../core/ports/compute.js";
import type { Slicer } from "../../core/ports/runtime.js";
import type { StateView, StateWriter } from "../../core/ports/state.js";
import { BANK_MODULE, chainTagOf, encodeAccountTransaction, encodeBankTransfer } from "../../core/primitives/account-transaction.js";
import { Address } from "../../core/primitives/address.js";
import { Height } from "../../core/primitives/amount.js";
import { type Bytes, EMPTY_BYTES } from "../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../core/primitives/hash.js";
import { PublicKey, Signature } from "../../core/primitives/keys.js";
import { publicKeyOf } from "../../core/primitives/signing.js";
import { chainHashOf, encodeTransaction, signTransaction } from "../../core/primitives/transaction-codec.js";
import { SystemClock, SystemScheduler } from "../../core/runtime/index.js";
import { AccountLedger } from "../../plugins/ledger-account/ledger.js";
import { MemoryStorage } from "../../plugins/storage-memory/memory-storage.js";
import type { BenchContext, BenchSuite } from "../suite.js";

const CHAIN_ID = "bench-1";
const PREFIX = "cw";
const RULES: Rules = {
  revision: 0,
  limits: { blockBytes: 8 * 1024 * 1024, transactionBytes: 64 * 1024, blockWeight: 10_000_000, feeFloorPerByte: 1 },
  features: new Set(),
};
const SPEC: ChainSpec = {
  chainId: CHAIN_ID,
  addressPrefix: PREFIX,
  genesisTimeMs: 0,
  consensus: { plugin: "none", parameters: {} },
  ledger: { plugin: "ledger-account", parameters: {} },
  upgrades: [],
  rulesAt: () => RULES,
  parametersHash: Hash.zero,
};
const PROPOSER = Address.from(new Uint8Array(20).fill(9));

const NEVER_DUE: Slicer = { due: () => false, pause: async () => {} };

/** State in a map, without marks: bank transfers need none. */
class MapState implements StateView, StateWriter {
  readonly blockId = Hash.zero;
  readonly root = Hash.zero;
  readonly entries: Map<string, Bytes>;

  constructor(entries: ReadonlyMap<string, Bytes> = new Map()) {
    this.entries = new Map(entries);
  }

  get(key: Bytes): Bytes | undefined {
    return this.entries.get(Buffer.from(key).toString("latin1"));
  }
  set(key: Bytes, value: Bytes): void {
    this.entries.set(Buffer.from(key).toString("latin1"), value);
  }
  delete(key: Bytes): void {
    this.entries.delete(Buffer.from(key).toString("latin1"));
  }
  checkpoint(): number {
    return 0;
  }
  revertTo(): void {}
  async prefetch(): Promise<void> {}
  prove(): Promise<never> {
    return Promise.reject(new Error("no proofs in this suite"));
  }
  proveMany = this.prove;
  proveRange = this.prove;
}

/** Answers "yes" to every signature: what is left is the mempool's own work. */
class YesCompute implements Pick<Compute, "verifySignatures"> {
  async verifySignatures({ count }: SignatureBatch): Promise<Bytes> {
    return new Uint8Array(Math.ceil(count / 8)).fill(255);
  }
}

interface Sender {
  readonly secret: Bytes;
  readonly publicKey: PublicKey;
  readonly address: Address;
}

/** Senders with real keys; unsigned ones have random-looking keys, which are much cheaper to make. */
function senders(count: number, seed: number, real: boolean): Sender[] {
  return Array.from({ length: count }, (_, index) => {
    const secret = sha256(new TextEncoder().encode(`${seed}/${index}`));
    const publicKey = real ? publicKeyOf(secret) : PublicKey.from(sha256(secret));
    return { secret, publicKey, address: Address.ofKey(publicKey) };
  });
}

const chainHash = chainHashOf(CHAIN_ID);

function transfer(sender: Sender, nonce: number, fee: number, real: boolean): Bytes {
  const body = encodeAccountTransaction({
    chainTag: chainTagOf(chainHash),
    sender: sender.address,
    nonce,
    fee: BigInt(fee),
    validFrom: 0,
    validUntil: 0,
    memo: "",
    module: BANK_MODULE,
    operation: encodeBankTransfer({ to: PROPOSER, amount: 1n }),
  });
  if (real) return signTransaction(body, chainHash, [sender.secret]);
  return encodeTransaction(body, [{ publicKey: sender.publicKey, signature: Signature.from(new Uint8Array(64).fill(1)) }]);
}

/** Fees in a fixed disorder. */
const feeOf = (index: number): number => 500 + ((index * 7_919) % 5_000);

interface World {
  readonly ledger: AccountLedger;
  readonly mempool: Mempool;
  /** Executes a block of these as the next one, and tells the mempool. */
  advance(raws: readonly Bytes[]): Promise<void>;
}

async function world(funded: readonly Sender[], compute: Compute): Promise<World> {
  const clock = new SystemClock();
  const storage = new MemoryStorage(UNMETERED);
  await storage.start();
  const allocations = funded.map(({ address }) => ({ address: Address.format(address, PREFIX), amount: 1_000_000_000 }));
  const ledger = new AccountLedger(
    SPEC,
    [],
    { maxNonceAhead: 256, maxValidFromAheadBlocks: 1_000 },
    { allocations, issuance: { initialPerBlock: 0 }, modules: [] },
    UNMETERED,
  );
  let height = 0;
  let state = new MapState();
  ledger.genesis(state, SPEC);
  const mempool = new Mempool({
    ledger,
    chain: {
      head: () => ({ height, rules: RULES, view: state }),
      finalizedHeight: () => Math.max(0, height - 6),
      inclusionHeights: async (ids) => ids.map(() => undefined),
    },
    spec: SPEC,
    storage,
    compute,
    clock,
    scheduler: new SystemScheduler(clock),
    logger: SILENT,
    metrics: UNMETERED,
  });
  await mempool.start();
  const advance = async (raws: readonly Bytes[]) => {
    const next = new MapState(state.entries);
    const env = {
      chainId: CHAIN_ID,
      height: Height.from(height + 1),
      parent: Hash.zero,
      timestampMs: 0,
      proposer: PROPOSER,
      rules: RULES,
      extra: EMPTY_BYTES,
      payload: EMPTY_BYTES,
    };
    await ledger.execute(ledger.decodeBlock(raws, RULES), next, env, { mode: "import", slicer: NEVER_DUE });
    state = next;
    height++;
  };
  return { ledger, mempool, advance };
}

async function submitAll(mempool: Mempool, raws: readonly Bytes[]): Promise<void> {
  // As many at a time as peers and clients would: the pool bounds what is under way.
  for (let at = 0; at < raws.length; at += 2_000) await Promise.all(raws.slice(at, at + 2_000).map((raw) => mempool.submit(raw)));
}

async function submissions(context: BenchContext, name: string, compute: Compute, count: number, real: boolean): Promise<void> {
  const funded = senders(Math.max(1, count >> 2), context.seed, real);
  const raws = Array.from({ length: count }, (_, index) =>
    transfer(funded[index % funded.length] as Sender, Math.floor(index / funded.length), feeOf(index), real),
  );
  let fresh: World | undefined;
  await context.measure(name, () => submitAll((fresh as World).mempool, raws), {
    unit: "transactions/s",
    operations: count,
    before: async () => {
      fresh = await world(funded, compute);
    },
  });
}

async function pooled(context: BenchContext, yes: Compute): Promise<void> {
  const count = context.quick ? 400 : 20_000;
  const block = context.quick ? 20 : 1_000;
  const funded = senders(count >> 2, context.seed, false);
  const raws = Array.from({ length: count }, (_, index) =>
    transfer(funded[index % funded.length] as Sender, Math.floor(index / funded.length), feeOf(index), false),
  );
  const select = (mempool: Mempool) => mempool.select({ maxBytes: 8e6, maxWeight: 1e7, maxCount: block }).map(({ raw }) => raw);

  const { mempool } = await world(funded, yes);
  await submitAll(mempool, raws);
  await context.measure(`select ${block} of ${count}`, () => void select(mempool), { unit: "ms" });

  let fresh: World | undefined;
  let picked: readonly Bytes[] = [];
  await context.measure(
    `head change: block of ${block}, ${count} pooled`,
    () => (fresh as World).mempool.onHeadChanged({ undone: [], applied: picked }),
    {
      unit: "ms",
      before: async () => {
        fresh = await world(funded, yes);
        await submitAll(fresh.mempool, raws);
        picked = select(fresh.mempool);
        await fresh.advance(picked);
      },
    },
  );
}

async function execution(context: BenchContext, yes: Compute): Promise<void> {
  const count = context.quick ? 20 : 1_000;
  const funded = senders(count, context.seed, false);
  const raws = funded.map((sender, index) => transfer(sender, 0, feeOf(index), false));
  let fresh: World | undefined;
  await context.measure(`ledger: decode and execute ${count} transfers, state in a map`, () => (fresh as World).advance(raws), {
    unit: "ms",
    before: async () => {
      fresh = await world(funded, yes);
    },
  });
}

const suite: BenchSuite = {
  name: "mempool",
  description: "submissions with real and with granted signatures, selection, head changes, execution of transfers",
  async run(context) {
    const clock = new SystemClock();
    const scheduler = new SystemScheduler(clock);
    const yes = new YesCompute() as unknown as Compute;
    const compute = new ComputeService(
      { clock, scheduler, logger: SILENT, metrics: UNMETERED },
      { threads: Math.max(1, availableParallelism() - 1) },
    );
    try {
      await submissions(context, "submit, signatures verified", compute, context.quick ? 40 : 2_000, true);
      await submissions(context, "submit, signatures granted (stub)", yes, context.quick ? 200 : 20_000, false);
      await pooled(context, yes);
      await execution(context, yes);
    } finally {
      await compute.close();
    }
  },
};

export default suite;
