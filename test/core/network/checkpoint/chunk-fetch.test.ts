/** Peers that keep a state sync waiting, leave it, or answer what nobody asked: who is passed over, who is in violation, and what goes on. */
import t from "tap";
import { ChunkFetch } from "../../../../core/network/checkpoint/chunk-fetch.js";
import { checkpointMetrics } from "../../../../core/network/checkpoint/metrics.js";
import { Offers } from "../../../../core/network/checkpoint/offers.js";
import { DEFAULT_CHECKPOINT_OPTIONS } from "../../../../core/network/checkpoint/options.js";
import type { SnapshotIntake } from "../../../../core/network/checkpoint/parts.js";
import { type AnswerMessage, PartRequests } from "../../../../core/network/checkpoint/requests.js";
import { Roster } from "../../../../core/network/checkpoint/roster.js";
import type { NetworkContext } from "../../../../core/network/context.js";
import type { Offence, Peer } from "../../../../core/network/peer.js";
import type { WireMessage } from "../../../../core/network/wire/messages.js";
import { Hash, sha256 } from "../../../../core/primitives/hash.js";
import { CountedMetrics, DrivenTime } from "../world.js";

const CHUNKS = 8;
const OFFER = { manifestHash: sha256(Uint8Array.of(1)), id: Hash.zero, height: 10, manifestBytes: 100, chunks: CHUNKS, chunkBytes: 800 };
const OTHER = { ...OFFER, manifestHash: sha256(Uint8Array.of(2)) };
type Asked = Extract<WireMessage, { readonly type: "snapshot-chunk-request" }>;

class Stranger {
  readonly head = { id: Hash.zero, height: 20, weight: 0n, finalizedHeight: 0 };
  readonly servesCheckpoints = true;
  readonly offences: string[] = [];
  readonly asked: Asked[] = [];
  connected = true;

  constructor(
    readonly nodeId: string,
    readonly play: Play,
    /** What it answers a request for a chunk with; undefined: nothing. */
    public answer: (asked: Asked) => Uint8Array | undefined,
    readonly offers = [OFFER],
  ) {}

  send(message: WireMessage): "sent" {
    if (message.type === "snapshots-request") this.tell({ type: "snapshots", requestId: message.requestId, offers: this.offers });
    if (message.type !== "snapshot-chunk-request") return "sent";
    this.asked.push(message);
    const proof = this.answer(message);
    if (proof !== undefined) this.tell({ type: "snapshot-chunk", requestId: message.requestId, proof });
    return "sent";
  }
  tell(answer: AnswerMessage): void {
    queueMicrotask(() => this.play.requests.onAnswer(this.asPeer, answer));
  }
  reward(): void {}
  offend(offence: Offence, code: string): void {
    this.offences.push(`${offence} ${code}`);
    // Who is in violation is left, as the network does it.
    if (code === "SNAPSHOT_BAD_CHUNK") queueMicrotask(() => this.leave());
  }
  leave(): void {
    this.connected = false;
    this.play.requests.onPeerGone(this.asPeer);
    this.play.offers.onPeerGone(this.asPeer);
    this.play.fetch.look();
  }
  get asPeer(): Peer {
    return this as unknown as Peer;
  }
}

class Play {
  readonly time = new DrivenTime();
  readonly metrics = new CountedMetrics();
  readonly strangers: Stranger[] = [];
  readonly requests: PartRequests;
  readonly roster: Roster;
  readonly offers: Offers;
  readonly fetch: ChunkFetch;
  outcome: string | undefined;
  #ids = 0;

  constructor() {
    const { time, metrics } = this;
    const context = {
      dependencies: { clock: time, scheduler: time, metrics },
      options: { requestTimeoutMs: 10_000 },
      peers: () => this.strangers.filter(({ connected }) => connected),
      nextRequestId: () => ++this.#ids,
    } as unknown as NetworkContext;
    const options = DEFAULT_CHECKPOINT_OPTIONS;
    this.requests = new PartRequests(context, options.answerMs);
    this.roster = new Roster(context, this.requests);
    const { requests, roster } = this;
    const checkpoint = { height: OFFER.height, id: OFFER.id };
    const onAnswer = () => this.fetch.look();
    this.offers = new Offers({ context, options, requests, roster, checkpoint, takesAbove: false, onAnswer });
    const stored = new Set<number>();
    const intake: SnapshotIntake = {
      chunks: CHUNKS,
      chunkBytes: CHUNKS * 100,
      entries: CHUNKS,
      isDone: (index) => stored.has(index),
      bytesOf: () => 100,
      take: async (index, proof) => {
        if (proof[0] !== index) return { verdict: "forged", reason: "its bytes have another hash" };
        stored.add(index);
        return { verdict: "stored" };
      },
    };
    const { manifestHash } = OFFER;
    const { patienceMs } = options;
    const { offers } = this;
    const parts = { context, options, metrics: checkpointMetrics(metrics), requests, roster, offers, manifestHash, intake, patienceMs };
    this.fetch = new ChunkFetch(parts);
    void this.fetch.run().then((outcome) => {
      this.outcome = outcome;
    });
  }

  join(name: string, answer: Stranger["answer"], offers = [OFFER]): Stranger {
    const stranger = new Stranger(name, this, answer, offers);
    this.strangers.push(stranger);
    return stranger;
  }

  /** Lets time pass, with the looks that come with it. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 250) {
      this.offers.look();
      this.fetch.look();
      await this.time.pass(250);
    }
  }
}

const good = ({ index }: Asked) => Uint8Array.of(index, 7);
const nothing = () => undefined;

t.test("a slow peer: what it owes is asked for elsewhere before its time is over, and it is no liar when it comes late", async (t) => {
  const play = new Play();
  const slow = play.join("slow", nothing);
  const fast = play.join("fast", good);
  await play.pass(1_000);
  t.ok(slow.asked.length > 0 && fast.asked.length > 0, "both are asked");
  t.ok(slow.asked.length <= DEFAULT_CHECKPOINT_OPTIONS.perPeer, "not more than it may owe");
  t.equal(play.outcome, undefined);
  await play.pass(3_000);
  t.equal(play.outcome, "done");
  t.same(slow.offences, []);
  const [late] = slow.asked;
  await play.pass(15_000);
  t.same([...new Set(slow.offences)], ["failure CHECKPOINT_STALLED"]);
  const before = slow.offences.length;
  slow.tell({ type: "snapshot-chunk", requestId: late?.requestId as number, proof: Uint8Array.of(0) });
  await play.pass(250);
  t.equal(slow.offences.length, before, "late is not unrequested");
  slow.tell({ type: "snapshot-chunk", requestId: late?.requestId as number, proof: Uint8Array.of(0) });
  slow.tell({ type: "snapshot-chunk", requestId: 9_999, proof: new Uint8Array(1 << 20) });
  await play.pass(250);
  t.same(slow.offences.slice(before), ["violation CHECKPOINT_UNREQUESTED", "violation CHECKPOINT_UNREQUESTED"], "endless answers are");
});

t.test("a peer that never answers rests longer each time; with nobody else, it is asked again", async (t) => {
  const play = new Play();
  const slow = play.join("slow", nothing);
  await play.pass(20_000);
  const asked = slow.asked.length;
  t.equal(asked, DEFAULT_CHECKPOINT_OPTIONS.perPeer);
  t.equal(play.metrics.of("state_sync_stalls_total"), asked);
  slow.answer = good;
  await play.pass(100_000);
  t.equal(play.outcome, "done");
});

t.test("who sends forged chunks, or has none of what it offered, does not stop the others", async (t) => {
  const play = new Play();
  const forger = play.join("forger", () => Uint8Array.of(255));
  const poor = play.join("poor", () => new Uint8Array(0));
  await play.pass(500);
  t.ok(forger.offences.every((each) => each === "violation SNAPSHOT_BAD_CHUNK") && forger.offences.length > 0);
  t.same([...new Set(poor.offences)], ["failure SNAPSHOT_MISSING_PART"]);
  play.join("good", good);
  await play.pass(1_000);
  t.equal(play.outcome, "done");
  t.equal(play.fetch.doneBytes, CHUNKS * 100);
  t.equal(play.metrics.of("state_sync_chunks_total"), CHUNKS);
  t.ok(play.metrics.of("state_sync_bad_chunks_total forged") > 0);
});

t.test("all peers are gone: it waits, and goes on when one comes back", async (t) => {
  const play = new Play();
  const first = play.join("first", (asked) => (asked.index < 2 ? good(asked) : undefined));
  await play.pass(500);
  first.leave();
  await play.pass(120_000);
  t.equal(play.outcome, undefined, "there is no other snapshot to begin");
  t.equal(play.fetch.hasPeers, false);
  t.equal(play.fetch.done, 2);
  const second = play.join("second", good);
  await play.pass(500);
  t.equal(play.outcome, "done");
  t.same(second.asked.map(({ index }) => index).sort(), [2, 3, 4, 5, 6, 7], "what was there is not asked for again");
});

t.test("nobody has the snapshot any more, but another one: it is given up after a minute", async (t) => {
  const play = new Play();
  const first = play.join("first", (asked) => (asked.index < 2 ? good(asked) : undefined));
  await play.pass(500);
  first.leave();
  play.join("second", good, [OTHER]);
  await play.pass(59_000);
  t.equal(play.outcome, undefined);
  await play.pass(2_000);
  t.equal(play.outcome, "abandoned");
});

t.test("a chunk now and then is not enough: it is given up after a minute, if there is another one", async (t) => {
  const dripping = async (offers: (typeof OFFER)[]) => {
    const play = new Play();
    let sentMs = 0;
    // Just in time not to be passed over, and true each time.
    const slow = play.join("slow", (asked) => {
      setTimer(play, sentMs + 14_000, () =>
        slow.tell({ type: "snapshot-chunk", requestId: asked.requestId, proof: good(asked) as Uint8Array }),
      );
      sentMs += 14_000;
      return undefined;
    });
    play.join("other", good, offers);
    await play.pass(61_000);
    return play;
  };
  t.equal((await dripping([OTHER])).outcome, "abandoned");
  const alone = await dripping([]);
  t.equal(alone.outcome, undefined, "there is nothing better");
  t.ok(alone.fetch.done > 0);
});

function setTimer({ time }: Play, atMs: number, run: () => void): void {
  time.after(Math.max(0, atMs - time.monotonicMs()), run);
}

t.test("who kept this node waiting is asked last, until it delivers; who left is not remembered", (t) => {
  const play = new Play();
  const [slow, fast, gone] = [play.join("slow", nothing), play.join("fast", nothing), play.join("gone", nothing)];
  const { roster } = play;
  gone.connected = false;
  roster.rest(gone.asPeer);
  t.equal(roster.isResting(gone.asPeer), false);
  roster.rest(slow.asPeer);
  t.equal(roster.isResting(slow.asPeer), true);
  play.time.skip(10_000);
  t.equal(roster.isResting(slow.asPeer), false);
  const names = () => roster.byPatience([slow.asPeer, fast.asPeer]).map(({ nodeId }) => nodeId);
  t.same(names(), ["fast", "slow"]);
  roster.worked(slow.asPeer);
  t.same(names(), ["slow", "fast"]);
  play.fetch.stop();
  t.end();
});
