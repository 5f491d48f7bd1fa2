/** Real nodes (NodePart with nakamoto and the account ledger) that meet over transport-memory: sources with snapshots, and fresh ones. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import { ChainNode, type ChainPlan, GrantingCompute, generateBlocks, planChain } from "../../../bench/generator/index.js";
import { UNMETERED } from "../../../core/kernel/quiet.js";
import type { Logger } from "../../../core/ports/runtime.js";
import type { Connection, Transport } from "../../../core/ports/transport.js";
import type { Block } from "../../../core/primitives/block.js";
import { headerRecord } from "../../../core/primitives/block-codec.js";
import { Hash } from "../../../core/primitives/hash.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../../core/runtime/index.js";
import { MemoryStorage } from "../../../plugins/storage-memory/memory-storage.js";
import { MemoryTransport, TransportMemoryConfig, type TransportMemoryOptions } from "../../../plugins/transport-memory/index.js";
import { SILENT } from "../../plugins/ledger-account/fixtures.js";
import { bentConnection, bentTransport } from "../network/world.js";

export const clock = new SystemClock();
export const scheduler = new SystemScheduler(clock);
let hubs = 0;

export interface Line {
  readonly level: string;
  readonly message: string;
  readonly data: Record<string, unknown>;
}

export interface MemberOptions {
  readonly storage?: MemoryStorage;
  readonly peers?: readonly string[];
  readonly sync?: Record<string, unknown>;
  readonly snapshots?: Record<string, unknown>;
  readonly chain?: Record<string, number | string>;
  readonly network?: Record<string, unknown>;
  /** Changes what it sends on the channel of snapshots; undefined: nothing is sent. */
  readonly bend?: (channel: number, message: Uint8Array) => Uint8Array | undefined;
}

export class Member {
  readonly lines: Line[] = [];
  readonly fatals: unknown[] = [];
  node!: ChainNode;
  storage!: MemoryStorage;

  constructor(
    readonly name: string,
    readonly directory: string,
  ) {}

  said(message: string): Line[] {
    return this.lines.filter((line) => line.message.includes(message));
  }

  get height(): number {
    return this.node.chain.head.header.height;
  }

  get sync() {
    return this.node.part.capabilities()["chainwright:network-view"] as {
      readonly sync: {
        readonly state: string;
        readonly snapshot?: { phase: string; percent: number; rangesDone: number; ranges: number; problem?: string };
      };
    };
  }

  async until(isDone: () => boolean, what: string, seconds = 30): Promise<void> {
    const untilMs = Date.now() + seconds * 1_000;
    while (!isDone()) {
      if (Date.now() > untilMs)
        throw new Error(
          `${this.name}: it never came that ${what}: ${JSON.stringify(this.sync.sync)} ${JSON.stringify(this.lines.slice(-12), (_, value) => (typeof value === "bigint" ? String(value) : value))} ${this.fatals.map(String)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async stop(): Promise<void> {
    await this.node.stop();
  }
}

export class Company {
  readonly compute = new GrantingCompute(scheduler, clock);
  readonly members: Member[] = [];
  readonly blocks: Block[] = [];
  readonly #hub = `snapshots-${++hubs}-${process.pid}`;

  private constructor(
    readonly plan: ChainPlan,
    readonly root: string,
  ) {}

  static async start(options: { readonly blocks: number; readonly holders: number }): Promise<Company> {
    const plan = planChain({ blocks: options.blocks, transactions: 6, accounts: 20, holders: options.holders, seed: 7 });
    const company = new Company(plan, await mkdtemp(join(tmpdir(), "chainwright-snapshots-")));
    for await (const block of generateBlocks(plan)) company.blocks.push(block);
    return company;
  }

  idAt(height: number): Hash {
    const block = this.blocks[height - 1];
    if (block === undefined) throw new Error(`there is no block ${height}`);
    return headerRecord(block.header).id;
  }

  checkpoint(height: number) {
    return { height, id: Hash.key(this.idAt(height)) };
  }

  #transport(name: string, bend: MemberOptions["bend"]): Transport {
    const options = Value.Default(TransportMemoryConfig, { hub: this.#hub, name }) as TransportMemoryOptions;
    const inner = new MemoryTransport(options, new SystemEntropy(), scheduler, UNMETERED);
    if (bend === undefined) return inner;
    return bentTransport(inner, (connection: Connection) =>
      bentConnection(connection, {
        send: (channel, message) => {
          const bent = bend(channel, message);
          return bent === undefined ? "sent" : connection.send(channel, bent);
        },
      }),
    );
  }

  /** A node that has not begun. */
  async member(name: string, options: MemberOptions = {}): Promise<Member> {
    const member = new Member(name, join(this.root, name));
    const note = (level: string) => (data: object, message: string) => {
      member.lines.push({ level, message, data: data as Record<string, unknown> });
    };
    const logger: Logger = {
      ...SILENT,
      info: note("info"),
      warn: note("warn"),
      error: note("error"),
      fatal: note("fatal"),
      child: () => logger,
    };
    member.storage = options.storage ?? new MemoryStorage(UNMETERED);
    if (options.storage === undefined) await member.storage.start();
    member.node = new ChainNode({
      plan: this.plan,
      storage: member.storage,
      compute: this.compute,
      transports: [this.#transport(name, options.bend)],
      network: {
        persistent: (options.peers ?? []).map((peer) => `memory://${peer}`),
        exchange: false,
        redialMs: 20,
        redialMaxMs: 50,
        ...options.network,
      },
      sync: options.sync ?? {},
      snapshots: { restPercent: 0, ...options.snapshots },
      chain: options.chain ?? {},
      directory: member.directory,
      logger,
    });
    member.node.part.onFatal = (error) => member.fatals.push(error);
    this.members.push(member);
    return member;
  }

  /** A node with blocks up to `height` and, if wanted, a snapshot of one. */
  async source(name: string, height: number, snapshotAt: number | undefined, options: MemberOptions = {}): Promise<Member> {
    const member = await this.member(name, options);
    await member.node.open();
    for (const block of this.blocks.slice(0, height)) await member.node.chain.import(block);
    if (snapshotAt !== undefined) await member.node.part.makeSnapshot(snapshotAt);
    await member.node.begin();
    return member;
  }

  async fresh(name: string, options: MemberOptions): Promise<Member> {
    const member = await this.member(name, options);
    await member.node.start();
    return member;
  }

  async stop(): Promise<void> {
    for (const member of this.members) await member.stop();
    await this.compute.close();
    scheduler.close();
    await rm(this.root, { recursive: true, force: true });
  }
}
