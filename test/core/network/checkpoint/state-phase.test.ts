/**
 * Peers that lie about which snapshots there are, how large their manifests are, and what is on their chain: none of them takes an honest
 * snapshot from who wants it, or an honest peer's good name.
 */
import t, { type Test } from "tap";
import { HeaderLadder } from "../../../../core/network/checkpoint/ladder.js";
import { checkpointMetrics } from "../../../../core/network/checkpoint/metrics.js";
import { DEFAULT_CHECKPOINT_OPTIONS } from "../../../../core/network/checkpoint/options.js";
import type { CheckpointChain, SnapshotReceiver } from "../../../../core/network/checkpoint/parts.js";
import { type AnswerMessage, PartRequests } from "../../../../core/network/checkpoint/requests.js";
import { Roster } from "../../../../core/network/checkpoint/roster.js";
import { StatePhase } from "../../../../core/network/checkpoint/state-phase.js";
import type { NetworkContext } from "../../../../core/network/context.js";
import type { Offence, Peer } from "../../../../core/network/peer.js";
import { SealBudget } from "../../../../core/network/sync/seal-budget.js";
import { WIRE_LIMITS } from "../../../../core/network/wire/limits.js";
import type { HeaderRangeRequest, SnapshotManifestRequest, SnapshotOffer, WireMessage } from "../../../../core/network/wire/messages.js";
import type { TreeHeader } from "../../../../core/ports/consensus.js";
import { type Bytes, encodeHeader, Hash, headerRecord, sha256 } from "../../../../core/primitives/index.js";
import { SnapshotManifestError } from "../../../../core/snapshots/errors.js";
import { MemoryStorage } from "../../../../plugins/storage-memory/memory-storage.js";
import { NO_METRICS } from "../../../plugins/ledger-account/fixtures.js";
import { CountedMetrics, DrivenTime } from "../world.js";

const HEAD = 9;
const ABOVE = 6;
const CHECKPOINT = 3;

function headerOn(parent: TreeHeader | undefined, branch: number): TreeHeader {
  const header = {
    chainId: "phases",
    height: (parent?.header.height ?? -1) + 1,
    parent: parent?.id ?? Hash.zero,
    timestampMs: branch,
    transactionsRoot: Hash.zero,
    receiptsRoot: Hash.zero,
    stateRoot: sha256(Uint8Array.of(1)),
    payloadRoot: Hash.zero,
    proposer: new Uint8Array(20),
    extra: new Uint8Array(0),
    seal: new Uint8Array(0),
  } as unknown as TreeHeader["header"];
  const weight = (parent?.weight ?? 0n) + 1n;
  return { ...headerRecord(header), weight };
}

const main: TreeHeader[] = [];
for (let height = 0; height <= HEAD; height++) main.push(headerOn(main.at(-1), 0));
const at = (height: number) => main[height] as TreeHeader;
/** Its last block is another one. */
const stale = [...main.slice(0, ABOVE), headerOn(at(ABOVE - 1), 1)];

/** A manifest of these lines begins with its block's id. */
function manifestOf({ id }: TreeHeader, bytes: number): Bytes {
  const manifest = new Uint8Array(bytes);
  manifest.set(id);
  manifest.fill(7, 32);
  return manifest;
}

function offerOf(header: TreeHeader, manifest: Bytes): SnapshotOffer {
  const { height } = header.header;
  return { manifestHash: sha256(manifest), id: header.id, height, manifestBytes: manifest.length, chunks: 1, chunkBytes: 4 };
}

class Stranger {
  readonly servesCheckpoints = true;
  readonly offences: string[] = [];
  readonly asked: WireMessage[] = [];
  readonly manifests = new Map<string, Bytes>();
  offers: SnapshotOffer[] = [];
  chain: readonly TreeHeader[] = main;
  connected = true;

  constructor(
    readonly nodeId: string,
    readonly play: Play,
  ) {}

  height = HEAD;

  get head() {
    return { id: Hash.zero, height: this.height, weight: 0n, finalizedHeight: 0 };
  }

  /** Makes a snapshot of the block, and offers it with these changes. */
  has(header: TreeHeader, bytes: number, claims: Partial<SnapshotOffer> = {}): this {
    const manifest = manifestOf(header, bytes);
    this.manifests.set(Hash.key(sha256(manifest)), manifest);
    this.offers = [{ ...offerOf(header, manifest), ...claims }];
    return this;
  }

  part({ manifestHash, offset }: SnapshotManifestRequest): Bytes | undefined {
    const manifest = this.manifests.get(Hash.key(manifestHash));
    return manifest?.subarray(offset, offset + WIRE_LIMITS.snapshotPartBytes) ?? new Uint8Array(0);
  }

  headers({ anchor, from, count }: HeaderRangeRequest): TreeHeader[] | undefined {
    const isHere = anchor === undefined || this.chain.some(({ id }) => Hash.key(id) === Hash.key(anchor));
    return isHere ? this.chain.slice(from, from + count) : [];
  }

  chunk(): Bytes | undefined {
    return Uint8Array.of(1, 2, 3, 4);
  }

  /** Sends the parts of its manifest, or its chunks, this much later than at once. */
  delayMs = 0;

  #later(tell: () => void): void {
    if (this.delayMs === 0) tell();
    else this.play.time.after(this.delayMs, tell);
  }

  send(message: WireMessage): "sent" {
    this.asked.push(message);
    if (message.type === "snapshots-request") this.tell({ type: "snapshots", requestId: message.requestId, offers: this.offers });
    if (message.type === "snapshot-manifest-request") {
      const part = this.part(message);
      if (part !== undefined) this.#later(() => this.tell({ type: "snapshot-manifest", requestId: message.requestId, part }));
    }
    if (message.type === "header-range-request") {
      const headers = this.headers(message);
      if (headers !== undefined)
        this.tell({ type: "header-range", requestId: message.requestId, headers: headers.map(({ header }) => encodeHeader(header)) });
    }
    if (message.type === "snapshot-chunk-request") {
      const proof = this.chunk();
      if (proof !== undefined) this.#later(() => this.tell({ type: "snapshot-chunk", requestId: message.requestId, proof }));
    }
    return "sent";
  }
  tell(answer: AnswerMessage): void {
    queueMicrotask(() => this.play.requests.onAnswer(this.asPeer, answer));
  }
  reward(): void {}
  offend(offence: Offence, code: string): void {
    this.offences.push(`${offence} ${code}`);
    if (offence === "violation") queueMicrotask(() => this.leave());
  }
  leave(): void {
    this.connected = false;
    this.play.requests.onPeerGone(this.asPeer);
    this.play.phase.onPeerGone(this.asPeer);
  }
  get asPeer(): Peer {
    return this as unknown as Peer;
  }
  count(type: WireMessage["type"]): number {
    return this.asked.filter((message) => message.type === type).length;
  }
}

interface Scene {
  /** Canonical headers that an earlier run stored. */
  readonly stored?: readonly TreeHeader[];
  /** What an earlier run was loading. */
  readonly unfinished?: { readonly header: TreeHeader; readonly manifest: Bytes };
  readonly headersPerPiece?: number;
  /** The engine refuses this one. */
  readonly refused?: TreeHeader;
  /** It may be good later. */
  readonly isEarly?: boolean;
  /** A seal costs a millisecond; so many of them make a piece. */
  readonly sealPieceMs?: number;
  readonly sealBudgetMs?: number;
}

class Play {
  readonly canonical = new Map<number, TreeHeader>();
  readonly time = new DrivenTime();
  readonly strangers: Stranger[] = [];
  readonly said: { readonly message: string; readonly data: Record<string, unknown> }[] = [];
  readonly opened: string[] = [];
  requests!: PartRequests;
  phase!: StatePhase;
  budget!: SealBudget;
  /** Heights of the pieces that the engine was asked about, and what status said then. */
  readonly checked: number[][] = [];
  readonly shown: (readonly [headers: number, headersDone: number])[] = [];
  outcome: unknown;
  #ids = 0;

  static begin(...strangers: readonly ((play: Play) => Stranger)[]): Promise<Play> {
    return Play.in({}, ...strangers);
  }

  static async in(scene: Scene, ...strangers: readonly ((play: Play) => Stranger)[]): Promise<Play> {
    const play = new Play();
    const { time } = play;
    const storage = new MemoryStorage(NO_METRICS);
    await storage.start();
    const { canonical } = play;
    for (const header of scene.stored ?? []) canonical.set(header.header.height, header);
    const chain: CheckpointChain = {
      genesis: at(0),
      judgesHeaders: true,
      weigh: (_record, weight) => weight + 1n,
      trust: () => undefined,
      checkHeadersOver: async (over, records) => {
        play.checked.push(records.map(({ header }) => header.height));
        play.shown.push([play.phase.status.headers, play.phase.status.headersDone]);
        const end = records.findIndex(({ id }) => scene.refused !== undefined && Hash.key(id) === Hash.key(scene.refused.id));
        const good = end < 0 ? records : records.slice(0, end);
        const accepted = good.map((record, index) => ({ ...record, weight: over.weight + BigInt(index) + 1n }));
        return end < 0
          ? { accepted }
          : { accepted, refusal: { status: scene.isEarly === true ? "not-yet" : "invalid", code: "BAD", reason: "it is bad" } };
      },
      storeHeaders: async (headers) => {
        for (const header of headers) canonical.set(header.header.height, header);
      },
    };
    const note = (data: object, message: string) => void play.said.push({ message, data: data as Record<string, unknown> });
    const logger = { trace: note, debug: note, info: note, warn: note, error: note, fatal: note };
    const context = {
      dependencies: {
        clock: time,
        scheduler: time,
        metrics: new CountedMetrics(),
        logger,
        storage,
        spec: { genesisTimeMs: 0 },
        chain: {
          idAt: (height: number) => canonical.get(height)?.id,
          header: (id: Hash) => [...canonical.values()].find((each) => Hash.key(each.id) === Hash.key(id)),
        },
      },
      options: { requestTimeoutMs: 10_000 },
      peers: () => play.strangers.filter(({ connected }) => connected),
      nextRequestId: () => ++play.#ids,
    } as unknown as NetworkContext;
    const { headersPerPiece = DEFAULT_CHECKPOINT_OPTIONS.headersPerPiece } = scene;
    const options = { ...DEFAULT_CHECKPOINT_OPTIONS, headersPerPiece };
    const requests = new PartRequests(context, options.answerMs);
    play.requests = requests;
    const checkpoint = { height: CHECKPOINT, id: at(CHECKPOINT).id };
    const ladder = await HeaderLadder.open(storage, checkpoint);
    await ladder.put(main.slice(1, CHECKPOINT + 1));
    const receiver: SnapshotReceiver = {
      unfinished: async () => {
        const { unfinished } = scene;
        if (unfinished === undefined) return undefined;
        const { header, manifest } = unfinished;
        return { manifest, manifestHash: sha256(manifest), height: header.header.height, id: header.id };
      },
      open: async (manifest, _hash, header) => {
        if (Hash.key(Hash.from(manifest.slice(0, 32))) !== Hash.key(header.id))
          throw new SnapshotManifestError({ reason: "of another block" });
        play.opened.push(`${header.header.height} ${manifest.length}`);
        let isDone = false;
        return {
          chunks: 1,
          chunkBytes: 4,
          entries: 1,
          isDone: () => isDone,
          bytesOf: () => 4,
          take: async () => {
            isDone = true;
            return { verdict: "stored" };
          },
        };
      },
      finish: async () => undefined,
      discard: async () => undefined,
    };
    const start = { checkpoint, mode: "state" as const, chain, receiver, onLoaded: async () => undefined, onFatal: () => undefined };
    const roster = new Roster(context, requests);
    const metrics = checkpointMetrics(new CountedMetrics());
    const { sealPieceMs = 2_000, sealBudgetMs = 60_000 } = scene;
    const budget = new SealBudget(time, { sealPieceMs, sealBudgetMs, sealBudgetPeriodMs: 3_600_000 }, () => 1_000);
    play.budget = budget;
    play.phase = new StatePhase({ context, options, metrics, requests, roster, start, receiver, ladder, budget });
    for (const make of strangers) play.strangers.push(make(play));
    void play.phase.run().then(
      (outcome) => {
        play.outcome = outcome;
      },
      (error: unknown) => {
        play.outcome = error;
      },
    );
    return play;
  }

  stranger(name: string): Stranger {
    return this.strangers.find(({ nodeId }) => nodeId === name) as Stranger;
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 250) {
      this.phase.look();
      await this.time.pass(250);
    }
  }

  /** Until it ended, ms at most. */
  async end(ms: number): Promise<unknown> {
    for (let passed = 0; passed < ms && this.outcome === undefined; passed += 250) await this.pass(250);
    this.phase.stop();
    this.requests.stop();
    await this.time.settle();
    return this.outcome;
  }
}

const BYTES = 100;
const stranger = (name: string, prepare: (stranger: Stranger) => void) => (play: Play) => {
  const made = new Stranger(name, play);
  prepare(made);
  return made;
};
const honest = (name: string, header = at(CHECKPOINT), bytes = BYTES) => stranger(name, (each) => void each.has(header, bytes));

t.test("who offers an honest snapshot with claims of its own offers another one, and takes nothing from who has it", async (t) => {
  const large = WIRE_LIMITS.snapshotPartBytes + 500;
  const lies: Record<string, readonly [number, Partial<SnapshotOffer>]> = {
    "its manifest is said to be larger": [BYTES, { manifestBytes: 64 * 1024 * 1024 }],
    "its manifest is said to be of one byte": [large, { manifestBytes: 1 }],
    "its manifest is said to be empty": [BYTES, { manifestBytes: 0 }],
    "it is said to be of another block": [BYTES, { id: at(ABOVE).id, height: ABOVE }],
    "it is said to be of another height": [BYTES, { height: CHECKPOINT + 1 }],
  };
  for (const [what, [bytes, claims]] of Object.entries(lies)) {
    const block = claims.height === undefined ? at(CHECKPOINT) : at(ABOVE);
    const play = await Play.begin(
      stranger("liar", (each) => void each.has(block, bytes, claims)),
      honest("one", block, bytes),
      honest("two", block, bytes),
    );
    t.equal(await play.end(5_000), "loaded", what);
    t.same(play.opened, [`${block.header.height} ${bytes}`], what);
    t.same([...play.stranger("one").offences, ...play.stranger("two").offences], [], `${what}: nobody else is blamed`);
  }
});

t.test("the same, when the liar's is looked at first", async (t) => {
  const play = await Play.begin(
    stranger("liar", (each) => void each.has(at(CHECKPOINT), BYTES, { manifestBytes: 64 * 1024 * 1024 })),
    honest("one"),
  );
  t.equal(await play.end(5_000), "loaded");
  t.same(play.stranger("liar").offences, ["violation SNAPSHOT_BAD_MANIFEST"]);
  t.same(play.stranger("one").offences, []);
});

t.test("a manifest in parts of one byte is one violation, and the next peer has it", async (t) => {
  const play = await Play.begin(
    stranger("dripping", (each) => {
      each.has(at(CHECKPOINT), BYTES);
      each.part = () => Uint8Array.of(7);
    }),
    honest("one"),
  );
  t.equal(await play.end(5_000), "loaded");
  t.equal(play.stranger("dripping").count("snapshot-manifest-request"), 1);
  t.same(play.stranger("dripping").offences, ["violation SNAPSHOT_BAD_MANIFEST"]);
  t.same(play.stranger("one").offences, []);
});

t.test("a manifest of several parts, of which the last is short, is taken", async (t) => {
  const bytes = 2 * WIRE_LIMITS.snapshotPartBytes + 77;
  const play = await Play.begin(honest("one", at(CHECKPOINT), bytes));
  t.equal(await play.end(5_000), "loaded");
  t.same(play.opened, [`${CHECKPOINT} ${bytes}`]);
  t.equal(play.stranger("one").count("snapshot-manifest-request"), 3);
});

t.test("one peer offers the same snapshot many times: that is one peer", async (t) => {
  const play = await Play.begin(
    stranger("loud", (each) => {
      each.has(at(ABOVE), BYTES);
      each.offers = Array.from({ length: 16 }, () => each.offers[0] as SnapshotOffer);
    }),
    honest("one", at(ABOVE + 1)),
    honest("two", at(ABOVE + 1)),
  );
  t.equal(await play.end(5_000), "loaded");
  t.same(play.opened, [`${ABOVE + 1} ${BYTES}`]);
});

t.test("above the checkpoint: who does not have the headers, or says so, is passed over", async (t) => {
  // Says that it has the block, when all are asked, and then that it has not.
  const liar = stranger("liar", (each) => {
    each.headers = ({ from, count }) => (count === 1 ? main.slice(from, from + 1) : []);
  });
  const lagging = stranger("lagging", (each) => {
    each.chain = stale;
  });
  const play = await Play.begin(liar, lagging, honest("one", at(ABOVE)), honest("two", at(ABOVE)));
  t.equal(await play.end(5_000), "loaded");
  t.same(play.opened, [`${ABOVE} ${BYTES}`]);
  for (const { nodeId, offences } of play.strangers) t.same(offences, [], nodeId);
});

t.test("above the checkpoint: nobody answers in time, or too few have the block yet: it is put aside, and taken later", async (t) => {
  let isSilent = true;
  const mute = stranger("mute", (each) => {
    each.has(at(ABOVE), BYTES);
    each.headers = ({ from, count }) => (isSilent ? undefined : main.slice(from, from + count));
  });
  const first = await Play.begin(mute);
  await first.pass(20_000);
  t.equal(first.outcome, undefined);
  isSilent = false;
  t.equal(await first.end(60_000), "loaded");
  t.same(
    first.said.filter(({ message }) => message === "a snapshot is not used"),
    [],
  );
  const behind = stranger("behind", (each) => {
    each.chain = stale;
  });
  const second = await Play.begin(behind, honest("one", at(ABOVE)));
  await second.pass(2_000);
  t.match(second.phase.status.problem, /could not be used/);
  second.stranger("behind").chain = main;
  t.equal(await second.end(60_000), "loaded");
  for (const { nodeId, offences } of second.strangers) t.same(offences, [], nodeId);
});

t.test("above the checkpoint: everybody has the block and nobody sends the headers below it: another snapshot is begun", async (t) => {
  const holder = (name: string, block: TreeHeader) =>
    stranger(name, (each) => {
      each.has(block, BYTES);
      each.headers = ({ anchor, from, count }) => {
        const isHeldBack = count > 1 && Hash.key(anchor ?? Hash.zero) === Hash.key(at(ABOVE).id);
        return isHeldBack ? undefined : main.slice(from, from + count);
      };
    });
  const play = await Play.begin(holder("a", at(ABOVE)), holder("b", at(ABOVE)), holder("c", at(ABOVE + 1)));
  t.equal(await play.end(100_000), "loaded");
  t.same(play.opened, [`${ABOVE + 1} ${BYTES}`]);
  t.match(play.said.find(({ message }) => message === "a snapshot is put aside")?.data, {
    height: ABOVE,
    reason: /nobody sends the headers/,
  });
});

t.test("a block whose headers do not lead to the checkpoint is refused for good", async (t) => {
  const branch: TreeHeader[] = [at(0)];
  while (branch.length <= HEAD) branch.push(headerOn(branch.at(-1), 2));
  const follower = (name: string) =>
    stranger(name, (each) => {
      each.chain = branch;
      each.has(branch[ABOVE] as TreeHeader, BYTES);
    });
  const play = await Play.begin(follower("one"), follower("two"));
  await play.pass(40_000);
  t.same(
    play.said.filter(({ message }) => message === "a snapshot is not used").map(({ data }) => data.reason),
    ["its block is not on a good chain through the checkpoint"],
  );
  t.same(play.opened, []);
  t.equal(await play.end(0), "stopped");
});

/** A block at the checkpoint whose snapshot has a manifest of so many parts. */
const partsOf = (parts: number) => parts * WIRE_LIMITS.snapshotPartBytes;

t.test("a manifest that comes one part after the other, each just in time, does not hold up the others", async (t) => {
  const play = await Play.begin(
    stranger("dripping", (each) => {
      each.has(at(CHECKPOINT), partsOf(10));
      each.delayMs = 14_000;
    }),
    honest("one", at(ABOVE)),
    honest("two", at(ABOVE)),
  );
  t.equal(await play.end(70_000), "loaded");
  t.same(play.opened, [`${ABOVE} ${BYTES}`]);
  t.match(play.said.find(({ message }) => message === "a snapshot is put aside")?.data, { height: CHECKPOINT, reason: /manifest/ });
  t.same(play.stranger("dripping").offences, ["failure CHECKPOINT_STALLED"]);
});

t.test("the same one is asked for of all who have it, each in its part of the time; who was slow comes last", async (t) => {
  const slow = (name: string) =>
    stranger(name, (each) => {
      each.has(at(CHECKPOINT), partsOf(10));
      each.delayMs = 14_000;
    });
  const play = await Play.begin(slow("slow"), slow("slower"), honest("one", at(CHECKPOINT), partsOf(10)));
  t.equal(await play.end(50_000), "loaded", "within a minute, in which all have their turn");
  t.same(play.opened, [`${CHECKPOINT} ${partsOf(10)}`]);
});

t.test("one that takes longer than that has more time at the next go", async (t) => {
  const play = await Play.begin(
    stranger("slow", (each) => {
      each.has(at(CHECKPOINT), partsOf(6));
      each.delayMs = 14_000;
    }),
  );
  await play.pass(62_000);
  t.equal(play.outcome, undefined);
  t.equal(play.said.filter(({ message }) => message === "a snapshot is put aside").length, 1);
  t.equal(await play.end(150_000), "loaded");
});

t.test("put aside because nobody sent its manifest: who comes and has it is asked at once", async (t) => {
  const play = await Play.begin(
    stranger("mute", (each) => {
      each.has(at(CHECKPOINT), BYTES);
      each.part = () => undefined;
    }),
  );
  await play.pass(16_000);
  t.equal(play.said.filter(({ message }) => message === "a snapshot is put aside").length, 1);
  play.strangers.push(honest("one")(play));
  t.equal(await play.end(1_000), "loaded");
});

t.test("sixteen made-up snapshots of the checkpoint, whose manifests or chunks are kept back: others come after the first", async (t) => {
  const liar = (prepare: (each: Stranger) => void) =>
    stranger("liar", (each) => {
      each.has(at(CHECKPOINT), partsOf(2));
      each.offers = Array.from({ length: 16 }, (_, index) => {
        const manifest = manifestOf(at(CHECKPOINT), partsOf(2)).fill(index + 8, 32);
        each.manifests.set(Hash.key(sha256(manifest)), manifest);
        return offerOf(at(CHECKPOINT), manifest);
      });
      prepare(each);
    });
  const withheld = await Play.begin(
    liar((each) => {
      const part = each.part.bind(each);
      each.part = (asked) => (asked.offset === 0 ? part(asked) : undefined);
    }),
    honest("one", at(ABOVE)),
    honest("two", at(ABOVE)),
  );
  t.equal(await withheld.end(20_000), "loaded");
  t.same(withheld.opened, [`${ABOVE} ${BYTES}`]);
  const chunkless = await Play.begin(
    liar((each) => {
      each.chunk = () => undefined;
    }),
    honest("one", at(ABOVE)),
    honest("two", at(ABOVE)),
  );
  t.equal(await chunkless.end(70_000), "loaded");
  t.same(chunkless.opened, [`${CHECKPOINT} ${partsOf(2)}`, `${ABOVE} ${BYTES}`]);
});

/** Another row from the checkpoint on. */
const other: TreeHeader[] = main.slice(0, CHECKPOINT + 1);
while (other.length <= HEAD) other.push(headerOn(other.at(-1), 3));

const heights = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function isRowOf(t: Test, { canonical }: Play, row: readonly TreeHeader[], to: number, what: string): void {
  t.same(
    heights(1, to).map((height) => Hash.key(canonical.get(height)?.id ?? Hash.zero)),
    row.slice(1, to + 1).map(({ id }) => Hash.key(id)),
    what,
  );
}

t.test("nothing of a row of headers is the chain's before the last of them is found good", async (t) => {
  const follower = (name: string) =>
    stranger(name, (each) => {
      each.chain = other;
      each.has(other[ABOVE + 1] as TreeHeader, BYTES);
    });
  const scene = { stored: main.slice(0, ABOVE + 1), headersPerPiece: 1, refused: other[ABOVE + 1] as TreeHeader };
  const play = await Play.in(scene, follower("one"), follower("two"));
  await play.pass(5_000);
  t.match(play.said.find(({ message }) => message === "a snapshot is not used")?.data.reason, /it is bad/);
  isRowOf(t, play, main, ABOVE, "what was there stays");
  t.equal(play.canonical.size, ABOVE + 1);
  await play.end(0);
});

t.test("seals above the checkpoint are checked piece by piece, and status tells how far", async (t) => {
  const play = await Play.in({ sealPieceMs: 2 }, honest("one", at(ABOVE + 1)), honest("two", at(ABOVE + 1)));
  t.equal(await play.end(5_000), "loaded");
  t.same(play.checked, [
    [CHECKPOINT + 1, CHECKPOINT + 2],
    [CHECKPOINT + 3, CHECKPOINT + 4],
  ]);
  t.same(play.shown, [
    [ABOVE + 1, CHECKPOINT],
    [ABOVE + 1, CHECKPOINT + 2],
  ]);
  t.same([play.phase.status.headers, play.phase.status.headersDone], [CHECKPOINT, CHECKPOINT], "afterwards it is the checkpoint's again");
  for (const name of ["one", "two"]) t.equal(play.budget.leftUs(name), 60_000_000, "what was good was not for nothing");
});

/** Everybody is on the other row. */
const astray = (name: string, block = other[ABOVE + 1] as TreeHeader) =>
  stranger(name, (each) => {
    each.chain = other;
    each.has(block, BYTES);
  });

t.test("who offers a block above bad headers is in violation, and paid for the piece that they were found in", async (t) => {
  const scene = { sealPieceMs: 2, sealBudgetMs: 6, refused: other[ABOVE + 1] as TreeHeader };
  const witness = stranger("witness", (each) => {
    each.chain = other;
  });
  const play = await Play.in(scene, astray("one"), astray("two"), witness);
  await play.pass(5_000);
  t.same(play.checked.length, 2);
  for (const name of ["one", "two"]) {
    t.same(play.stranger(name).offences, ["violation CHECKPOINT_INVALID_HEADERS"]);
    t.equal(Math.round(play.budget.leftUs(name) / 1_000), 4, "two seals of six");
  }
  t.same(play.stranger("witness").offences, [], "who only has it on its chain did not ask for anything");
  await play.end(0);
});

t.test("headers that are not good yet cost what was not good of them, and nobody its name", async (t) => {
  const scene = { sealPieceMs: 2, sealBudgetMs: 6, refused: other[CHECKPOINT + 2] as TreeHeader, isEarly: true };
  const play = await Play.in(scene, astray("one"), astray("two"));
  await play.pass(2_000);
  t.match(play.said.find(({ message }) => message === "a snapshot is put aside")?.data.reason, /it is bad/);
  for (const name of ["one", "two"]) {
    t.same(play.stranger(name).offences, []);
    t.equal(Math.round(play.budget.leftUs(name) / 1_000), 5, "one of two");
  }
  await play.end(0);
});

t.test(
  "the seal budget holds here, too: who has spent it for nothing is not checked headers for, unless another offers the same",
  async (t) => {
    const scene = { sealBudgetMs: 10, refused: other[ABOVE + 1] as TreeHeader };
    const spent = await Play.in(scene, astray("one"), astray("two"));
    for (const name of ["one", "two"]) spent.budget.spend(name, 11_000);
    await spent.pass(2_000);
    t.same(spent.checked, []);
    t.match(spent.said.find(({ message }) => message === "a snapshot is put aside")?.data.reason, /too much work/);
    for (const name of ["one", "two"]) t.same(spent.stranger(name).offences, ["invalid SYNC_SEAL_BUDGET"]);
    await spent.end(0);
    const play = await Play.in({ sealBudgetMs: 10 }, astray("one"), astray("two"));
    play.budget.spend("one", 11_000);
    t.equal(await play.end(5_000), "loaded");
    t.same(play.stranger("one").offences, []);
    t.ok(play.budget.leftUs("one") < 0, "what it has spent before stays spent");
  },
);

t.test("a row that a kill left half another one's is fetched anew, at the choice and when an earlier load is gone on with", async (t) => {
  const mixed = [...other.slice(0, CHECKPOINT + 2), ...main.slice(CHECKPOINT + 2, ABOVE + 1)];
  const unfinished = { header: at(ABOVE), manifest: manifestOf(at(ABOVE), BYTES) };
  for (const scene of [{ stored: mixed }, { stored: mixed, unfinished }]) {
    const play = await Play.in(scene, honest("one", at(ABOVE)), honest("two", at(ABOVE)));
    t.equal(await play.end(5_000), "loaded");
    isRowOf(t, play, main, ABOVE, "headers are linked down to the checkpoint");
  }
  const whole = await Play.in({ stored: main.slice(0, ABOVE + 1), unfinished }, honest("one", at(ABOVE)));
  t.equal(await whole.end(5_000), "loaded");
  t.equal(whole.said.filter(({ message }) => message === "state sync goes on where it was").length, 1, "where it is whole, it goes on");
  t.equal(whole.stranger("one").count("header-range-request"), 0);
});

t.test("above the checkpoint: one of two does not decide alone, unless the other never answers; who is alone decides", async (t) => {
  const mute = stranger("mute", (each) => {
    each.headers = () => undefined;
  });
  const play = await Play.begin(honest("one", at(ABOVE)), mute);
  await play.pass(40_000);
  t.equal(play.outcome, undefined);
  t.match(play.said.find(({ message }) => message === "a snapshot is put aside")?.data.reason, /too few peers/);
  t.equal(play.stranger("one").asked.filter((asked) => asked.type === "header-range-request" && asked.count > 1).length, 0);
  t.equal(await play.end(120_000), "loaded");
  const alone = await Play.begin(honest("one", at(ABOVE)));
  t.equal(await alone.end(5_000), "loaded");
});

t.test("a height that no chain of this age can have is not fetched headers for, until most peers are there", async (t) => {
  const height = 5_000_000;
  const far = headerOn({ ...at(0), header: { ...at(0).header, height: height - 1 } as never }, 4);
  const claims = (name: string) =>
    stranger(name, (each) => {
      each.has(far, BYTES);
      each.height = height;
      each.headers = () => [far];
    });
  const asked = (play: Play) =>
    play.strangers.reduce((sum, each) => sum + each.asked.filter((one) => one.type === "header-range-request" && one.count > 1).length, 0);
  for (const strangers of [
    [claims("liar")],
    [claims("liar"), claims("second"), honest("one", at(CHECKPOINT - 1)), honest("two", at(CHECKPOINT - 1))],
  ]) {
    const play = await Play.begin(...strangers);
    await play.pass(2_000);
    t.match(play.said.find(({ message }) => message === "a snapshot is put aside")?.data.reason, /no chain .* later checkpoint/);
    t.equal(asked(play), 0);
    await play.end(0);
  }
  const most = await Play.begin(claims("one"), claims("two"), honest("three", at(CHECKPOINT - 1)));
  await most.pass(2_000);
  t.ok(asked(most) > 0);
  await most.end(0);
});
