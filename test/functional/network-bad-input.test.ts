/**
 * What strangers may send to a node's port: each row is refused with a reason of its own, counted in the metrics, and costs
 * nobody else anything. One live node takes it all; an honest peer is served throughout.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import t, { type Test } from "tap";
import { selfSignedCertificate } from "../../core/certificates/index.js";
import type { HeadClaim, Hello, WireMessage } from "../../core/network/wire/messages.js";
import { Height } from "../../core/primitives/amount.js";
import type { Block, Header, HeaderRecord, UnsealedHeader } from "../../core/primitives/block.js";
import { decodeBlock, encodeBlock, encodeHeader, headerRecord } from "../../core/primitives/block-codec.js";
import { type Bytes, concatBytes, EMPTY_BYTES, toHex } from "../../core/primitives/bytes.js";
import { Hash, sha256 } from "../../core/primitives/hash.js";
import { publicKeyOf } from "../../core/primitives/signing.js";
import { SystemEntropy } from "../../core/runtime/index.js";
import { proofHash } from "../../plugins/consensus-nakamoto/proof.js";
import { type Credentials, FrameKind, frameHeader, HostilePeer, type Identity, RawPeer, seedOf, within } from "./hostile-peer.js";
import { LIMITS, TargetNode, TestAuthority } from "./target-node.js";

const BLOCKS = 40;

const directory = t.testdir();
const authority = await TestAuthority.create(join(directory, "ca"), "the network's own");
const [honest, hostile, other] = await Promise.all([0, 1, 2].map((index) => authority.identity(index)));
const node = await TargetNode.start(directory, authority);
t.teardown(() => node.process.kill("SIGTERM"));
await node.produce(BLOCKS);
const witness = await HostilePeer.connect(node.address, honest as Identity, LIMITS);
const greeting = await witness.hello();
witness.send(greeting);
await witness.next("ping");

/** The honest peer gets what it asks for. */
async function isServed(t: Test): Promise<void> {
  witness.received.length = 0;
  witness.send({ type: "ping", nonce: 77 });
  witness.send({ type: "headers-request", requestId: 5, locator: [greeting.genesisId], count: 2_000 });
  await witness.next("pong", ({ nonce }) => nonce === 77);
  const { headers } = await witness.next("headers", ({ requestId }) => requestId === 5);
  t.ok(headers.length >= BLOCKS, "the honest peer is served");
}

interface Expected {
  readonly code: string;
  /** The counter that goes up, and its labels beside the code. */
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const refused = (code: string): Expected => ({ code, metric: "transport_tcp_refused_total" });
const cut = (code: string): Expected => ({ code, metric: "transport_tcp_closes_total", labels: { by: "transport" } });
const closed = (code: string): Expected => ({ code, metric: "network_closed_total", labels: { by: "local" } });
const offence = (offence: "failure" | "invalid" | "violation", code: string): Expected => {
  return { code, metric: "network_offences_total", labels: { offence } };
};

/**
 * Plays a row: what is expected is counted, and the honest peer is served.
 *
 * @param play may wait until it was counted, to go on after that
 */
async function row(
  t: Test,
  name: string,
  { code, metric, labels }: Expected,
  play: (counted: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await t.test(name, async (t) => {
    const count = () => node.metric(metric, { ...labels, code });
    const before = await count();
    let after = before;
    const counted = async () => {
      for (let turn = 0; after === before && turn < 200; turn++) {
        after = await count();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await play(counted);
    await counted();
    t.ok(after > before, `${metric} counts ${code}: ${before}, then ${after}`);
    await isServed(t);
  });
}

// --- before there is a connection -------------------------------------------------------------------------------------

/** Shakes hands with these credentials, and is told why that was not enough. */
async function refusedWith(t: Test, expected: Expected, credentials: Credentials, options?: ConnectionOptions): Promise<void> {
  const peer = await RawPeer.connect(node.address, credentials, options);
  const goodbye = await within(peer.closed, "the node closes");
  t.equal(goodbye?.code, expected.code, goodbye?.text ?? "it says why");
}

/** Whether the node's log has at info that somebody was refused for that. */
function isLogged(code: string): boolean {
  const lines = node.process.stderr.split("\n");
  return lines.some(
    (line) => line.includes('"level":30') && line.includes(`"code":"${code}"`) && line.includes("a connection was refused"),
  );
}

async function bareSocket() {
  const { hostname, port } = new URL(node.address);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.on("error", () => undefined).resume();
  return { socket, ended: within(once(socket, "close"), "the node closes") };
}

t.test("certificates, TLS and what is none", { timeout: 60_000 }, async (t) => {
  const nodeId = toHex(publicKeyOf(seedOf(9)));
  const foreign = await TestAuthority.create(join(directory, "foreign"), "somebody else's");
  const entropy = new SystemEntropy();
  const certificates: readonly (readonly [string, string, Credentials, ConnectionOptions?])[] = [
    ["of a foreign authority", "TRANSPORT_TLS_FOREIGN_CA", await foreign.issue(nodeId)],
    ["expired", "TRANSPORT_TLS_EXPIRED", await authority.issue(nodeId, -400, 365)],
    ["not valid yet", "TRANSPORT_TLS_NOT_YET_VALID", await authority.issue(nodeId, 10)],
    ["signed by itself", "TRANSPORT_TLS_SELF_SIGNED", await selfSignedCertificate({ nowMs: Date.now(), entropy })],
    ["missing", "TRANSPORT_TLS_NO_CERTIFICATE", {}],
    ["good, but no ALPN", "TRANSPORT_WRONG_ALPN", hostile as Identity, { ALPNProtocols: [] }],
  ];
  for (const [name, code, credentials, options] of certificates)
    await row(t, `a certificate that is ${name}`, refused(code), () => refusedWith(t, refused(code), credentials, options));

  const failing: readonly (readonly [string, string, ConnectionOptions])[] = [
    ["another ALPN", "TRANSPORT_WRONG_ALPN", { ALPNProtocols: ["h2"] }],
    ["TLS 1.2", "TRANSPORT_TLS_VERSION", { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }],
  ];
  for (const [name, code, options] of failing)
    await row(t, name, refused(code), async () => {
      await t.rejects(RawPeer.connect(node.address, hostile as Identity, options));
    });

  await row(t, "plain TCP", refused("TRANSPORT_NOT_TLS"), async () => {
    const { socket, ended } = await bareSocket();
    socket.write("GET / HTTP/1.1\r\nHost: node\r\n\r\n");
    await ended;
  });
  await row(t, "a connection that says nothing", refused("TRANSPORT_HANDSHAKE_TIMEOUT"), async () => {
    await (await bareSocket()).ended;
  });
  const codes = [...certificates, ...failing].map(([, code]) => code);
  for (const code of new Set([...codes, "TRANSPORT_NOT_TLS", "TRANSPORT_HANDSHAKE_TIMEOUT"]))
    t.ok(isLogged(code), `${code} is in the node's log`);
});

// --- frames -----------------------------------------------------------------------------------------------------------

t.test("frames", { timeout: 60_000 }, async (t) => {
  const half = new Uint8Array(65_536);
  const rows: readonly (readonly [string, string, Bytes])[] = [
    ["an unknown channel", "TRANSPORT_UNKNOWN_CHANNEL", frameHeader(5, 99, FrameKind.end)],
    ["a length over the channel's limit", "TRANSPORT_MESSAGE_TOO_LARGE", frameHeader(0xffff_ffff, 1, FrameKind.end)],
    [
      "a message whose fragments exceed it",
      "TRANSPORT_MESSAGE_TOO_LARGE",
      concatBytes(...Array.from({ length: 5 }, () => fragment(2, half))),
    ],
    ["a kind of frame that there is not", "TRANSPORT_BAD_FRAME", frameHeader(0, 1, 7)],
    ["a fragment that is not full", "TRANSPORT_BAD_FRAME", frameHeader(1_000, 5, FrameKind.more)],
    ["a frame that never ends", "TRANSPORT_MESSAGE_STALLED", concatBytes(frameHeader(60_000, 5, FrameKind.end), new Uint8Array(100))],
    ["a message that never ends", "TRANSPORT_MESSAGE_STALLED", fragment(5, half)],
    ["a goodbye that is none", "TRANSPORT_BAD_FRAME", frameHeader(10, 3, FrameKind.goodbye)],
  ];
  for (const [name, code, bytes] of rows)
    await row(t, name, cut(code), async () => {
      const peer = await HostilePeer.greeted(node.address, hostile as Identity, LIMITS);
      peer.raw.write(bytes);
      t.equal((await peer.closed)?.code, code, name);
    });
});

function fragment(channel: number, payload: Bytes): Bytes {
  return concatBytes(frameHeader(payload.length, channel, FrameKind.more), payload);
}

// --- Hello ------------------------------------------------------------------------------------------------------------

t.test("Hello", { timeout: 60_000 }, async (t) => {
  const rows: readonly (readonly [string, string, (peer: HostilePeer) => Promise<WireMessage | undefined>])[] = [
    ["none at all", "NETWORK_HELLO_TIMEOUT", async () => undefined],
    [
      "the id of another node than the certificate's",
      "NETWORK_NOT_IN_CERTIFICATE",
      (peer) => peer.hello({ nodeId: publicKeyOf(seedOf(2)) }),
    ],
    ["a signature by another key", "NETWORK_BAD_SIGNATURE", async (peer) => peer.hello({ signature: new Uint8Array(64).fill(3) })],
    ["no signature", "NETWORK_BAD_SIGNATURE", (peer) => peer.hello({ signature: EMPTY_BYTES })],
    ["the node's own, sent back", "NETWORK_WRONG_ROLE", (peer) => peer.next("hello")],
    ["the wrong role", "NETWORK_WRONG_ROLE", (peer) => peer.hello({ role: "listener" })],
    ["another genesis", "NETWORK_OTHER_GENESIS", (peer) => peer.hello({ genesisId: sha256(seedOf(3)) })],
    ["another chain", "NETWORK_OTHER_CHAIN", (peer) => peer.hello({ chainId: "elsewhere-1" })],
    ["another version", "NETWORK_VERSION", (peer) => peer.hello({ minVersion: 7, maxVersion: 9 })],
    ["another fork", "NETWORK_OTHER_FORK", (peer) => peer.hello({ forkHash: new Uint8Array(8).fill(1) })],
    ["something else first", "NETWORK_EXPECTED_HELLO", async () => ({ type: "ping", nonce: 1 })],
  ];
  for (const [name, code, make] of rows)
    await row(t, name, closed(code), async () => {
      const peer = await HostilePeer.connect(node.address, hostile as Identity, LIMITS);
      const message = await make(peer);
      if (message !== undefined) peer.send(message);
      t.equal((await peer.closed)?.code, code, name);
    });

  for (const [, code] of rows) t.ok(isLogged(code), `${code} is in the node's log`);

  await row(t, "one of an earlier connection, again", closed("NETWORK_BAD_SIGNATURE"), async () => {
    const first = await HostilePeer.connect(node.address, hostile as Identity, LIMITS);
    const hello: Hello = await first.hello();
    first.send(hello);
    await first.next("ping");
    first.raw.vanish();
    const second = await HostilePeer.connect(node.address, hostile as Identity, LIMITS);
    second.send(hello);
    t.equal((await second.closed)?.code, "NETWORK_BAD_SIGNATURE");
  });
  await row(t, "garbage", closed("WIRE_MALFORMED"), async () => {
    const peer = await HostilePeer.connect(node.address, hostile as Identity, LIMITS);
    peer.raw.message(0, new Uint8Array(100).fill(0xff));
    t.equal((await peer.closed)?.code, "WIRE_MALFORMED");
  });
  await row(t, "a second one", offence("violation", "NETWORK_UNEXPECTED_HELLO"), async () => {
    const peer = await HostilePeer.connect(node.address, hostile as Identity, LIMITS);
    const hello = await peer.hello();
    peer.send(hello);
    await peer.next("ping");
    peer.send(hello);
    t.equal((await peer.closed)?.code, "NETWORK_UNEXPECTED_HELLO");
  });
});

// --- messages ---------------------------------------------------------------------------------------------------------

/** A peer that was taken plays on; it is closed with the code if that is a violation. */
async function conduct(
  t: Test,
  name: string,
  expected: Expected,
  play: (peer: HostilePeer, head: HeadClaim) => Promise<void>,
): Promise<void> {
  await row(t, name, expected, async (counted) => {
    const peer = await HostilePeer.connect(node.address, hostile as Identity, LIMITS);
    const hello = await peer.hello();
    peer.send(hello);
    await peer.next("ping");
    await play(peer, hello.head);
    if (expected.labels?.offence === "violation") {
      t.equal((await peer.closed)?.code, expected.code, name);
      return;
    }
    // An offence that costs points, and nothing else: the peer goes on.
    await counted();
    peer.send({ type: "ping", nonce: 4 });
    await peer.next("pong", ({ nonce }) => nonce === 4);
    peer.raw.vanish();
    await peer.closed;
  });
}

const stranger = (text: string): Hash => sha256(new TextEncoder().encode(text));

t.test("messages that are none, too many, or not asked for", { timeout: 60_000 }, async (t) => {
  for (const channel of [1, 2, 3, 4, 5, 6])
    await conduct(t, `garbage on channel ${channel}`, offence("violation", "WIRE_MALFORMED"), async (peer) => {
      peer.raw.message(channel, new Uint8Array(200).fill(0xff));
    });
  await conduct(t, "an empty envelope", offence("violation", "WIRE_NO_MESSAGE"), async (peer) => peer.raw.message(1, EMPTY_BYTES));

  const unrequested: readonly (readonly ["invalid" | "violation", string, WireMessage])[] = [
    [
      "violation",
      "GOSSIP_UNREQUESTED_BLOCK",
      { type: "block-response", requestId: 1, id: stranger("a"), block: new Uint8Array(9), certificate: EMPTY_BYTES },
    ],
    [
      "violation",
      "GOSSIP_UNREQUESTED_TRANSACTIONS",
      { type: "transactions", requestId: 1, transactions: [new Uint8Array(9)], more: false },
    ],
    ["violation", "SYNC_UNREQUESTED", { type: "headers", requestId: 1, headers: [] }],
    ["invalid", "NETWORK_UNEXPECTED_PEERS", { type: "peers", addresses: ["tcp://127.0.0.1:1"] }],
    ["invalid", "NETWORK_UNEXPECTED_PONG", { type: "pong", nonce: 123_456 }],
  ];
  for (const [kind, code, message] of unrequested)
    await conduct(t, `${message.type} that nobody asked for`, offence(kind, code), async (peer) => peer.send(message));

  await conduct(t, "a flood", offence("violation", "NETWORK_FLOOD"), async (peer) => {
    for (let nonce = 0; nonce < 1_000; nonce++) peer.send({ type: "ping", nonce });
  });
  await row(t, "silence", offence("failure", "NETWORK_PING_TIMEOUT"), async () => {
    const peer = await HostilePeer.connect(node.address, hostile as Identity, LIMITS);
    peer.isAlive = false;
    peer.send(await peer.hello());
    t.equal((await peer.closed)?.code, "NETWORK_PING_TIMEOUT");
  });
});

t.test("a peer that asks for much and does not read it", { timeout: 60_000 }, async (t) => {
  await row(t, "is cut off", closed("NETWORK_SLOW_READER"), async () => {
    const peer = await HostilePeer.greeted(node.address, hostile as Identity, LIMITS);
    peer.raw.socket.pause();
    const locator = [greeting.genesisId];
    // As many requests as may wait at a time, again and again, until the system's buffers are full.
    for (let requestId = 0; requestId < 1_600 && !peer.raw.socket.destroyed; requestId++) {
      peer.send({ type: "headers-request", requestId, locator, count: 2_000 });
      if (requestId % 8 === 7) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
});

// --- blocks, headers and transactions ------------------------------------------------------------------------------------

/** The block with this id, from the node itself. */
async function fetchBlock(id: Hash): Promise<{ block: Block; record: HeaderRecord }> {
  witness.send({ type: "blocks-request", requestId: 8, ids: [id] });
  const { block } = await witness.next("block-response", ({ requestId }) => requestId === 8);
  return decodeBlock(block, LIMITS);
}

/** Finds a seal that is good, or is not. Every second one is, on this chain. */
function sealed(header: UnsealedHeader, isGood: boolean): Header {
  for (let nonce = 0; ; nonce++) {
    const seal = new Uint8Array(8);
    new DataView(seal.buffer).setUint32(0, nonce);
    const made: Header = { ...header, seal };
    const [first = 0] = proofHash(headerRecord(made).signingRoot, seal);
    if (isGood ? first < 0x7f : first > 0x7f) return made;
  }
}

/** A child of the block with other values. */
function childOf(parent: HeaderRecord, changes: Partial<Header>, isGood = true): Header {
  const header = {
    ...parent.header,
    height: Height.next(parent.header.height),
    parent: parent.id,
    timestampMs: parent.header.timestampMs + 1_000,
    ...changes,
  };
  return sealed(header, isGood);
}

/** A row of `count` descendants with good seals, whose bodies nobody has. */
function branchOf(parent: HeaderRecord, count: number): HeaderRecord[] {
  const branch: HeaderRecord[] = [];
  let tip = parent;
  for (let index = 0; index < count; index++) {
    tip = headerRecord(childOf(tip, {}));
    branch.push(tip);
  }
  return branch;
}

/** Announces a block, and answers the request for it. */
async function announced(peer: HostilePeer, id: Hash, height: number, block: Bytes | undefined): Promise<void> {
  peer.send({ type: "block-announcement", blocks: [{ id, height }] });
  const { requestId } = await peer.next("blocks-request", ({ ids }) => ids.some((each) => toHex(each) === toHex(id)));
  if (block !== undefined) peer.send({ type: "block-response", requestId, id, block, certificate: EMPTY_BYTES });
}

t.test("blocks that are announced", { timeout: 60_000 }, async (t) => {
  const tip = async (head: HeadClaim) => (await fetchBlock(head.id)).record;
  const blockOf = (header: Header): Bytes => encodeBlock({ header, transactions: [], payload: EMPTY_BYTES });
  await conduct(t, "and are none", offence("violation", "GOSSIP_MALFORMED_BLOCK"), (peer, head) =>
    announced(peer, stranger("none"), head.height + 1, new Uint8Array(300).fill(0xff)),
  );
  await conduct(t, "and are others", offence("violation", "GOSSIP_WRONG_BLOCK"), async (peer, head) => {
    const { block } = await fetchBlock(head.id);
    await announced(peer, stranger("other"), head.height + 1, encodeBlock(block));
  });
  await conduct(t, "without work", offence("violation", "GOSSIP_INVALID_BLOCK"), async (peer, head) => {
    const header = childOf(await tip(head), { receiptsRoot: stranger("no work") }, false);
    await announced(peer, headerRecord(header).id, header.height, blockOf(header));
  });
  await conduct(t, "with another body", offence("violation", "GOSSIP_INVALID_BLOCK"), async (peer, head) => {
    const header = childOf(await tip(head), { transactionsRoot: stranger("body") });
    await announced(peer, headerRecord(header).id, header.height, blockOf(header));
  });
  await conduct(t, "with a wrong state", offence("invalid", "GOSSIP_INVALID_BLOCK"), async (peer, head) => {
    const header = childOf(await tip(head), { stateRoot: stranger("state") });
    await announced(peer, headerRecord(header).id, header.height, blockOf(header));
  });
  await conduct(t, "and never sent", offence("failure", "GOSSIP_BLOCK_TIMEOUT"), async (peer, head) => {
    await announced(peer, stranger("never"), head.height + 1, undefined);
  });
  await conduct(t, "and missing after all", offence("failure", "GOSSIP_ANNOUNCED_BLOCK_MISSING"), (peer, head) =>
    announced(peer, stranger("missing"), head.height + 1, EMPTY_BYTES),
  );
});

t.test("transactions that are announced", { timeout: 60_000 }, async (t) => {
  const announce = async (peer: HostilePeer, raw: Bytes, answer: readonly Bytes[] | undefined) => {
    peer.send({ type: "transaction-announcement", hashes: [sha256(raw)] });
    const { requestId } = await peer.next("transactions-request");
    if (answer !== undefined) peer.send({ type: "transactions", requestId, transactions: answer, more: false });
  };
  const garbage = new Uint8Array(200).fill(0xab);
  await conduct(t, "and are none", offence("violation", "GOSSIP_INVALID_TRANSACTION"), (peer) => announce(peer, garbage, [garbage]));
  await conduct(t, "and are others", offence("violation", "GOSSIP_UNREQUESTED_TRANSACTIONS"), (peer) =>
    announce(peer, new Uint8Array(78), [new Uint8Array(9)]),
  );
  await conduct(t, "and never sent", offence("failure", "GOSSIP_TRANSACTIONS_TIMEOUT"), async (peer) => {
    await announce(peer, new Uint8Array(77), undefined);
  });
});

t.test("chains of headers", { timeout: 60_000 }, async (t) => {
  /** Claims the branch's last block, and answers the request for its headers. */
  const claimed = async (peer: HostilePeer, head: HeadClaim, last: HeaderRecord, headers: readonly Bytes[] | undefined, heavier = 2n) => {
    const above = last.header.height - head.height;
    const claim = { id: last.id, height: last.header.height, weight: head.weight + heavier * BigInt(above), finalizedHeight: 0 };
    peer.send({ type: "status", head: claim });
    const { requestId } = await peer.next("headers-request");
    if (headers !== undefined) peer.send({ type: "headers", requestId, headers });
  };
  const encoded = (branch: readonly HeaderRecord[]) => branch.map(({ header }) => encodeHeader(header));
  const fork = async (head: HeadClaim, count = 40) => branchOf((await fetchBlock(head.id)).record, count);
  const lastOf = (branch: readonly HeaderRecord[]) => branch.at(-1) as HeaderRecord;

  await conduct(t, "that are none", offence("violation", "SYNC_BAD_HEADER"), async (peer, head) => {
    await claimed(peer, head, lastOf(await fork(head)), [new Uint8Array(200).fill(0xff)]);
  });
  await conduct(t, "without work", offence("violation", "SYNC_BAD_HEADER"), async (peer, head) => {
    const lazy = headerRecord(childOf((await fetchBlock(head.id)).record, {}, false));
    const branch = [lazy, ...branchOf(lazy, 39)];
    await claimed(peer, head, lastOf(branch), encoded(branch));
  });
  await conduct(t, "with a gap", offence("violation", "SYNC_UNLINKED_HEADERS"), async (peer, head) => {
    const branch = await fork(head);
    await claimed(peer, head, lastOf(branch), encoded([...branch.slice(0, 10), ...branch.slice(11)]));
  });
  await conduct(t, "on nothing that the node has", offence("violation", "SYNC_UNLINKED_HEADERS"), async (peer, head) => {
    const branch = await fork(head);
    await claimed(peer, head, lastOf(branch), encoded(branch.slice(5)));
  });
  await conduct(t, "that do not come", offence("failure", "SYNC_STALLED"), async (peer, head) => {
    await claimed(peer, head, lastOf(await fork(head)), undefined);
  });
  await conduct(t, "that weigh less than was claimed", offence("invalid", "SYNC_FALSE_CLAIM"), async (peer, head) => {
    const branch = await fork(head);
    await claimed(peer, head, lastOf(branch), encoded(branch), 1_000n);
  });
  await conduct(t, "whose bodies are of other blocks", offence("violation", "SYNC_BAD_BLOCK"), async (peer, head) => {
    const branch = await fork(head);
    await claimed(peer, head, lastOf(branch), encoded(branch));
    const { requestId, ids } = await peer.next("blocks-request");
    const { block } = await fetchBlock(head.id);
    peer.send({ type: "block-response", requestId, id: ids[0] as Hash, block: encodeBlock(block), certificate: EMPTY_BYTES });
  });
  await conduct(t, "whose blocks are invalid", offence("violation", "SYNC_INVALID_BRANCH"), async (peer, head) => {
    const { record } = await fetchBlock(head.id);
    const first = headerRecord(childOf(record, { stateRoot: stranger("branch") }));
    const branch = [first, ...branchOf(first, 39)];
    await claimed(peer, head, lastOf(branch), encoded(branch));
    const answer = ({ requestId, ids }: { requestId: number; ids: readonly Hash[] }) => {
      for (const id of ids) {
        const found = branch.find((each) => toHex(each.id) === toHex(id));
        const block = found === undefined ? EMPTY_BYTES : encodeBlock({ header: found.header, transactions: [], payload: EMPTY_BYTES });
        peer.send({ type: "block-response", requestId, id, block, certificate: EMPTY_BYTES });
      }
    };
    peer.onMessage = (message) => {
      if (message.type === "blocks-request") answer(message);
    };
    for (const message of peer.received) if (message.type === "blocks-request") answer(message);
  });
});

t.test("after all of it, the node is as it was", { timeout: 60_000 }, async (t) => {
  const peer = await HostilePeer.greeted(node.address, other as Identity, LIMITS);
  await node.produce(1);
  const { head } = await peer.next("status", ({ head }) => head.height === BLOCKS + 1);
  t.equal(head.height, BLOCKS + 1, "others are let in, and hear of new blocks");
  await isServed(t);
  peer.raw.vanish();
  witness.raw.vanish();
  t.equal(await node.process.kill("SIGTERM"), 0, "and it stops in good order");
  t.notMatch(node.process.stderr, /"level":[56]0/, "and it never met an error of its own");
});
