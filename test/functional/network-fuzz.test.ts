/**
 * Mutated frames to a live node: it neither falls over, nor grows, nor keeps an honest peer waiting.
 *
 * Several hostile peers at a time send messages that are right in form and wrong in content, messages with wrong bytes, frames
 * that are none, and answers of all these kinds to what the node asks them. The seed is printed; `FUZZ_SEED` plays a run again (as far
 * as timing lets it), `FUZZ_FRAMES` says how many frames: 5,000 as a rule, 1,000,000 in `npm run test:fuzz`.
 */
import { join } from "node:path";
import t from "tap";
import type { HeadClaim, Hello, WireMessage } from "../../core/network/wire/messages.js";
import { decodeHeader } from "../../core/primitives/block-codec.js";
import { type Bytes, concatBytes, EMPTY_BYTES } from "../../core/primitives/bytes.js";
import { Hash } from "../../core/primitives/hash.js";
import { patient } from "../fixtures/pace.js";
import { Random } from "../fixtures/random.js";
import { frame, frameHeader, HostilePeer, type Identity, messageFrames } from "./hostile-peer.js";
import { LIMITS, TargetNode, TestAuthority } from "./target-node.js";

const FRAMES = Number(process.env.FUZZ_FRAMES ?? 5_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fff_ffff);
const LANES = 4;
const BLOCKS = 30;
/** Frames before memory is looked at for the first time: by then, caches and code are warm. */
const WARM_PART = 0.25;
const GROWTH_BYTES_MAX = 96 << 20;
/** Of the node's JavaScript objects; it needs a third. */
const HEAP_MEBIBYTES = 192;
/** What is unfinished the node waits for, longer than is of use here. */
const PATIENCE_MS = 150;
const MEBIBYTE = 1 << 20;

t.comment(`FUZZ_SEED=${SEED} FUZZ_FRAMES=${FRAMES}`);

/** What the peers know of the node, to be wrong about. */
interface Knowledge {
  readonly head: HeadClaim;
  readonly ids: readonly Hash[];
  readonly headers: readonly Bytes[];
  readonly blocks: readonly Bytes[];
}

/** One byte string with some of its bytes otherwise. */
function mutated(random: Random, bytes: Bytes, other: Bytes): Bytes {
  let out: Bytes = new Uint8Array(bytes);
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(out.length + 1);
    const length = random.below(Math.min(32, out.length - at) + 1);
    switch (random.below(6)) {
      case 0:
        if (at < out.length) out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        out = concatBytes(out.subarray(0, at), out.subarray(at + length));
        break;
      case 2:
        out = concatBytes(out.subarray(0, at), random.bytes(length), out.subarray(at));
        break;
      case 3:
        out = out.slice(0, at);
        break;
      case 4:
        out = concatBytes(out.subarray(0, at), out.subarray(at, at + length), out.subarray(at));
        break;
      default:
        out = concatBytes(out.subarray(0, at), other.subarray(random.below(other.length + 1)));
    }
  }
  return out;
}

/** A message that is right in form. */
function randomMessage(random: Random, { head, ids, headers, blocks }: Knowledge): WireMessage {
  const id = () => (random.chance(60) ? random.pick(ids) : Hash.from(random.bytes(32)));
  const some = <T>(max: number, make: () => T): T[] => Array.from({ length: random.below(max) }, make);
  const requestId = random.below(8);
  const height = random.chance(80) ? random.below(BLOCKS + 4) : random.below(2 ** 31);
  // Answers that nobody asked for end the connection: they are rare, so that others have their turn.
  switch (random.below(random.chance(8) ? 20 : 17)) {
    case 0:
      return { type: "ping", nonce: random.below(2 ** 31) };
    case 1:
      return { type: "pong", nonce: random.below(2 ** 31) };
    case 2:
      return {
        type: "status",
        head: { id: id(), height, weight: head.weight + BigInt(random.below(100)), finalizedHeight: random.below(50) },
      };
    case 3:
      return { type: "peers-request" };
    case 4:
      return { type: "peers", addresses: some(5, () => `tcp://10.0.0.${random.below(256)}:${random.below(65_536)}`) };
    case 5:
    case 6:
    case 7:
      return { type: "block-announcement", blocks: some(8, () => ({ id: id(), height })) };
    case 8:
      return { type: "certificate", blockId: id(), certificate: random.bytes(1 + random.below(50)) };
    case 9:
    case 10:
    case 11: {
      const stop = random.chance(50) ? { stop: id() } : {};
      return { type: "headers-request", requestId, locator: some(8, id), count: 1 + random.below(2_000), ...stop };
    }
    case 12:
    case 13:
    case 14:
      return { type: "blocks-request", requestId, ids: some(8, id) };
    case 15:
      return { type: "transaction-announcement", hashes: some(20, id) };
    case 16:
      return { type: "transactions-request", requestId, hashes: some(20, id) };
    case 17:
      return { type: "transactions", requestId, transactions: some(4, () => random.bytes(1 + random.below(300))), more: random.chance(20) };
    case 18:
      return { type: "headers", requestId, headers: some(5, () => random.pick(headers)) };
    default:
      return { type: "block-response", requestId, id: id(), block: random.pick(blocks), certificate: EMPTY_BYTES };
  }
}

/** An answer to what the node asks, more or less. */
function answerTo(random: Random, message: WireMessage, { headers, blocks }: Knowledge): WireMessage | undefined {
  const content = (from: readonly Bytes[]): Bytes => {
    const right = random.pick(from);
    return random.chance(50) ? mutated(random, right, random.pick(from)) : right;
  };
  const fitting = (bytes: Bytes, limit: number): Bytes => (bytes.length === 0 ? Uint8Array.of(1) : bytes.subarray(0, limit));
  switch (message.type) {
    case "headers-request": {
      const from = random.below(headers.length);
      const row = headers.slice(from, from + 1 + random.below(20));
      if (random.chance(50)) row[random.below(row.length)] = fitting(content(headers), 9_000);
      return { type: "headers", requestId: message.requestId, headers: row };
    }
    case "blocks-request": {
      const [id] = message.ids;
      if (id === undefined) return undefined;
      const block = random.chance(60) ? EMPTY_BYTES : content(blocks);
      return { type: "block-response", requestId: message.requestId, id, block, certificate: EMPTY_BYTES };
    }
    case "transactions-request":
      return { type: "transactions", requestId: message.requestId, transactions: [random.bytes(1 + random.below(400))], more: false };
    default:
      return undefined;
  }
}

/** What one turn puts on the wire. */
function randomBytes(random: Random, peer: HostilePeer, knowledge: Knowledge): Bytes {
  const { channel, bytes } = peer.codec.encodeMessage(randomMessage(random, knowledge));
  const kind = random.below(100);
  if (kind < 84) return messageFrames(channel, bytes);
  if (kind < 93) return messageFrames(channel, mutated(random, bytes, random.pick(knowledge.headers)));
  if (kind < 95) return messageFrames(random.below(8), bytes);
  if (kind < 96) return frame(channel, 0, random.bytes(random.below(200)));
  if (kind < 97) return concatBytes(frameHeader(random.below(2 ** 31), random.below(256), random.below(4)), bytes);
  if (kind < 98) return concatBytes(frame(5, 1, new Uint8Array(65_536)), messageFrames(channel, bytes));
  return mutated(random, messageFrames(channel, bytes), bytes);
}

interface Tally {
  frames: number;
  connections: number;
  closes: Map<string, number>;
}

/** One connection after the other, until there were enough frames. */
async function lane(address: string, identity: Identity, random: Random, knowledge: Knowledge, tally: Tally): Promise<void> {
  while (tally.frames < FRAMES) {
    const peer = await HostilePeer.connect(address, identity, LIMITS);
    tally.connections++;
    peer.onMessage = (message) => {
      peer.received.length = Math.min(peer.received.length, 64);
      const answer = random.chance(50) ? answerTo(random, message, knowledge) : undefined;
      if (answer === undefined) return;
      tally.frames++;
      peer.send(answer);
    };
    const hello: Hello = await peer.hello();
    if (random.chance(3)) {
      const { bytes } = peer.codec.encodeMessage(hello);
      peer.raw.message(0, mutated(random, bytes, random.bytes(20)));
      tally.frames++;
    } else peer.send(hello);
    await burstsOf(peer, random, knowledge, tally);
    const code = (await peer.closed)?.code ?? "none";
    tally.closes.set(code, (tally.closes.get(code) ?? 0) + 1);
  }
}

/** Sends, and sees that the node has read it, until it closes. */
async function burstsOf(peer: HostilePeer, random: Random, knowledge: Knowledge, tally: Tally): Promise<void> {
  for (let turn = 0; tally.frames < FRAMES; turn++) {
    const count = 1 + random.below(4);
    for (let index = 0; index < count; index++) peer.raw.write(randomBytes(random, peer, knowledge));
    peer.send({ type: "ping", nonce: turn });
    const isAlive = await peer
      .next("pong", ({ nonce }) => nonce === turn, PATIENCE_MS)
      .then(
        () => true,
        () => false,
      );
    // Of a burst that ended the connection, one frame was read for certain.
    tally.frames += isAlive ? count : 1;
    if (!isAlive) break;
  }
  peer.raw.vanish();
}

t.test(`${FRAMES} mutated frames`, { timeout: 60_000 + FRAMES * 20 }, async (t) => {
  const directory = t.testdir();
  const authority = await TestAuthority.create(join(directory, "ca"), "fuzz");
  const identities = await Promise.all(Array.from({ length: LANES + 1 }, (_, index) => authority.identity(index)));
  const node = await TargetNode.start(directory, authority, HEAP_MEBIBYTES);
  t.teardown(() => node.process.kill("SIGKILL"));
  await node.produce(BLOCKS);

  const witness = await HostilePeer.connect(node.address, identities[LANES] as Identity, LIMITS);
  const greeting = await witness.hello();
  witness.send(greeting);
  witness.send({ type: "headers-request", requestId: 1, locator: [greeting.genesisId], count: 2_000 });
  const { headers } = await witness.next("headers");
  const ids = headers.map((header) => decodeHeader(header).id);
  const blocks: Bytes[] = [];
  for (const id of ids.slice(0, 10)) {
    witness.send({ type: "blocks-request", requestId: 2, ids: [id] });
    blocks.push((await witness.next("block-response")).block);
  }
  const knowledge: Knowledge = { head: greeting.head, ids: [greeting.genesisId, ...ids], headers, blocks };

  const tally: Tally = { frames: 0, connections: 0, closes: new Map() };
  let isOver = false;
  let warmBytes = 0;
  let mostBytes = 0;
  let longestMs = 0;
  const watch = async () => {
    for (let turn = 0; !isOver; turn++) {
      const startedMs = Date.now();
      witness.received.length = 0;
      witness.send({ type: "headers-request", requestId: 100 + turn, locator: [greeting.genesisId], count: 10 });
      await witness.next("headers", ({ requestId }) => requestId === 100 + turn);
      longestMs = Math.max(longestMs, Date.now() - startedMs);
      const bytes = await node.residentBytes();
      if (tally.frames < FRAMES * WARM_PART) warmBytes = Math.max(warmBytes, bytes);
      else mostBytes = Math.max(mostBytes, bytes);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const watching = watch();
  const lanes = identities
    .slice(0, LANES)
    .map((identity, index) => lane(node.address, identity, new Random(SEED + index), knowledge, tally));
  try {
    await Promise.race([Promise.all(lanes), watching]);
  } catch (error) {
    throw new Error(`after ${tally.frames} frames of seed ${SEED}: ${String(error)}; the node said: ${node.process.stderr.slice(-4_000)}`);
  } finally {
    isOver = true;
  }
  await watching;

  const codes = [...tally.closes].sort(([, a], [, b]) => b - a);
  t.comment(`${tally.connections} connections; closed with ${codes.map(([code, count]) => `${code} ${count}`).join(", ")}`);
  t.comment(
    `memory ${Math.round(warmBytes / MEBIBYTE)} MiB warm, ${Math.round(mostBytes / MEBIBYTE)} MiB at most; the honest peer waited ${longestMs} ms at most`,
  );
  t.ok(tally.frames >= FRAMES);
  t.ok(codes.length > 5, "the frames reached many places");
  t.ok(mostBytes - warmBytes < GROWTH_BYTES_MAX, `memory grew from ${warmBytes} to ${mostBytes} bytes`);
  t.ok(longestMs < patient(5_000), "an honest peer is served throughout");
  await node.produce(1);
  await witness.next("status", ({ head }) => head.height > BLOCKS);
  witness.raw.vanish();
  t.equal(await node.process.kill("SIGTERM"), 0, "the node stops in good order");
  t.notMatch(node.process.stderr, /"level":[56]0/, "and never met an error of its own");
});
