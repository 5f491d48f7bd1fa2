/** The transport on real sockets: who is let in, who is thrown out and why, what is counted, and that nothing is left behind. */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import t from "tap";
import { Value } from "typebox/value";
import { TransportTcpConfig } from "../../../plugins/transport-tcp/config.js";
import manifest from "../../../plugins/transport-tcp/index.js";
import { patient } from "../../fixtures/pace.js";
import {
  bareTcp,
  bareTls,
  closing,
  frameOf,
  listening,
  makeTransport,
  never,
  silentServer,
  startTransport,
  type TestOptions,
  type TestTransport,
} from "./fixture.js";

const FRAGMENT = 65_536;
const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill);

/** Waits for a count that comes a moment after what is counted. */
async function counted(get: () => number, expected: number): Promise<number> {
  for (let i = 0; i < 6_000 && get() !== expected; i++) await delay(5);
  return get();
}

async function stopped(t: { same(a: unknown, b: unknown, m: string): unknown }, ...all: readonly TestTransport[]): Promise<void> {
  await Promise.all(all.map(({ transport }) => transport.stop()));
  t.same(
    all.map((each) => each.timers()),
    all.map(() => 0),
    "no timer is left",
  );
}

async function pairOf(hostOptions: TestOptions = {}, dialerOptions: TestOptions = {}) {
  const host = await startTransport(hostOptions);
  const dialer = await startTransport(dialerOptions);
  const { address, guests } = await listening(host.transport);
  const there = await dialer.transport.dial(address, never());
  return { host, dialer, address, guests, there, here: await guests.next() };
}

t.test("is what its manifest says", async (t) => {
  t.equal(manifest.id, "transport-tcp");
  const defaults: unknown = Value.Default(TransportTcpConfig, {});
  t.ok(Value.Check(TransportTcpConfig, defaults));
  t.match(defaults, { listen: true, host: "0.0.0.0", port: 8646, tls: { trust: "ca" } });
});

t.test("plain bytes, silence and a hang-up at a TLS port: each has its reason, and others are served", async (t) => {
  const host = await startTransport({ timeouts: { handshakeMs: 250 } });
  const { address, port, guests } = await listening(host.transport);
  for (const [what, code] of [
    ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "TRANSPORT_NOT_TLS"],
    ["\x00\x00\x00\x05\x00\x00hello", "TRANSPORT_NOT_TLS"],
    ["\x16\x03\x01\x02\x00\x01\x00\x01", "TRANSPORT_HANDSHAKE_TIMEOUT"],
    ["", "TRANSPORT_HANDSHAKE_TIMEOUT"],
  ] as const) {
    const before = host.metrics.get("refused_total", code);
    const socket = await bareTcp(port);
    socket.resume().write(what, "latin1");
    await once(socket, "close");
    t.equal(await counted(() => host.metrics.get("refused_total", code), before + 1), before + 1, `${code}: ${JSON.stringify(what)}`);
  }
  (await bareTcp(port)).destroy();
  t.equal(await counted(() => host.metrics.get("refused_total", "TRANSPORT_HANDSHAKE_BROKEN"), 1), 1);
  t.same(
    host.refusals.map(({ code }) => code),
    ["TRANSPORT_NOT_TLS", "TRANSPORT_NOT_TLS", "TRANSPORT_HANDSHAKE_TIMEOUT", "TRANSPORT_HANDSHAKE_TIMEOUT"],
    "they are in the log, and who only knocked is not",
  );
  t.match(host.refusals[0], { address: "127.0.0.1", reason: /not TLS/ });
  const other = await startTransport();
  await other.transport.dial(address, never());
  await guests.next();
  t.equal(host.metrics.get("accepted_total"), 1);
  await stopped(t, host, other);
});

t.test("another version or protocol of TLS, and trust that refuses: the reason is counted, and said where it can be", async (t) => {
  const host = await startTransport();
  const { address, port, guests } = await listening(host.transport);
  await t.rejects(bareTls(port, { ALPNProtocols: ["h2"] }), { code: "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL" });
  await t.rejects(bareTls(port, { secureContext: undefined, maxVersion: "TLSv1.2" } as object), {
    code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
  });
  t.equal(host.metrics.get("refused_total", "TRANSPORT_WRONG_ALPN"), 1);
  t.equal(host.metrics.get("refused_total", "TRANSPORT_TLS_VERSION"), 1);
  const silent = await bareTls(port, { ALPNProtocols: [] });
  const said = await once(silent, "data");
  t.match(String(said[0]), /TRANSPORT_WRONG_ALPN it does not speak/, "without any ALPN TLS succeeds, and the goodbye says why it ends");
  t.equal(host.metrics.get("refused_total", "TRANSPORT_WRONG_ALPN"), 2);

  const refusal = { code: "TRANSPORT_TLS_FOREIGN_CA", message: "its certificate is from elsewhere" };
  host.security.refuse = () => refusal;
  const dialer = await startTransport();
  const refused = await dialer.transport.dial(address, never());
  refused.onMessage(() => undefined);
  t.match(await closing(refused), { ...refusal, local: false }, "who dialed learns it after its own handshake");
  t.equal(dialer.metrics.get("closes_total", "remote", "REMOTE"), 1);
  t.match(
    host.refusals.at(-1),
    { code: refusal.code, reason: refusal.message, address: /^tcp:\/\/127\.0\.0\.1:\d+$/ },
    "and so does whoever reads the log",
  );
  t.same(
    host.refusals.slice(0, -1).map(({ code }) => code),
    ["TRANSPORT_WRONG_ALPN", "TRANSPORT_TLS_VERSION", "TRANSPORT_WRONG_ALPN"],
  );
  host.security.refuse = undefined;

  dialer.security.refuse = () => refusal;
  const met = guests.next().then((connection) => {
    connection.onMessage(() => undefined);
    return closing(connection);
  });
  await t.rejects(dialer.transport.dial(address, never()), { code: refusal.code, kind: "denied", message: /from elsewhere/ });
  t.equal(dialer.metrics.get("dials_total", refusal.code), 1);
  t.match(await met, { ...refusal, local: false }, "and who was dialed learns it, too");
  t.equal(guests.waiting, 0, "a refused connection was never handed over");

  dialer.security.refuse = (_direction, socket) => {
    socket.destroy();
    return refusal;
  };
  await t.rejects(
    dialer.transport.dial(address, never()),
    { code: refusal.code },
    "one that is gone before it was judged keeps nobody waiting",
  );
  await stopped(t, host, dialer);
});

t.test("lines about refusals are bounded, and say how many were left out", async (t) => {
  const host = await startTransport();
  const { port } = await listening(host.transport);
  const knock = async () => {
    const socket = await bareTcp(port);
    socket.resume().write("GET / HTTP/1.1\r\n\r\n");
    await once(socket, "close");
  };
  for (let count = 0; count < 27; count++) await knock();
  t.equal(await counted(() => host.metrics.get("refused_total", "TRANSPORT_NOT_TLS"), 27), 27);
  t.equal(host.refusals.length, 20);
  host.pass(3_000);
  await knock();
  t.equal(await counted(() => host.metrics.get("refused_total", "TRANSPORT_NOT_TLS"), 28), 28);
  t.match(host.refusals.slice(20), [{ linesLeftOut: 7 }]);
  await stopped(t, host);
});

t.test("dials fail each in its own way", async (t) => {
  const dialer = await startTransport({ timeouts: { dialMs: 250 }, limits: { outboundConnections: 2 } });
  const dial = (address: string) => dialer.transport.dial(address, never());
  const taken = createServer((socket) => void socket.on("error", () => undefined).end("SSH-2.0-OpenSSH\r\n")).listen(0, "127.0.0.1");
  const resetting = createServer((socket) => void socket.resetAndDestroy()).listen(0, "127.0.0.1");
  await Promise.all([once(taken, "listening"), once(resetting, "listening")]);
  const at = (server: typeof taken) => `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const nobody = at(free);
  await new Promise((resolve) => free.close(resolve));
  const silent = await silentServer();
  const expected: readonly (readonly [string, string])[] = [
    [nobody, "TRANSPORT_DIAL_REFUSED"],
    [at(taken), "TRANSPORT_NOT_TLS"],
    [at(resetting), "TRANSPORT_DIAL_RESET"],
    [silent.address, "TRANSPORT_DIAL_TIMEOUT"],
    ["tcp://no-such-host.invalid:1", "TRANSPORT_HOST_UNKNOWN"],
    ["tcp://nonsense", "TRANSPORT_BAD_ADDRESS"],
  ];
  for (const [address, code] of expected) {
    // A resolver without a network may take its time over a name.
    const isName = code === "TRANSPORT_HOST_UNKNOWN";
    const error = await dial(address).then(
      () => undefined,
      (thrown: { code?: string }) => thrown,
    );
    if (isName && error?.code === "TRANSPORT_DIAL_TIMEOUT") continue;
    t.equal(error?.code, code, address);
    t.equal(dialer.metrics.get("dials_total", code), 1, `${code} is counted`);
  }
  const [one, two] = [dial(silent.address), dial(silent.address)];
  await t.rejects(dial(silent.address), { code: "TRANSPORT_CONNECTIONS_FULL" }, "no more dials than places");
  await Promise.all([one, two].map((each) => t.rejects(each, { code: "TRANSPORT_DIAL_TIMEOUT" })));
  await t.rejects(dial(nobody), { code: "TRANSPORT_DIAL_REFUSED" }, "and places are given back");
  silent.close();
  taken.close();
  resetting.close();
  await stopped(t, dialer);
});

t.test("what a peer does wrong with frames closes the connection with a reason on both sides", async (t) => {
  const host = await startTransport();
  const { port, guests } = await listening(host.transport);
  for (const [what, code] of [
    [frameOf(0, 0, bytes(0), 0x7fff_ffff), "TRANSPORT_MESSAGE_TOO_LARGE"],
    [frameOf(200, 0, bytes(1)), "TRANSPORT_UNKNOWN_CHANNEL"],
    [frameOf(0, 9, bytes(1)), "TRANSPORT_BAD_FRAME"],
    [bytes(1_000, 0xff), "TRANSPORT_BAD_FRAME"],
  ] as const) {
    const socket = await bareTls(port);
    const heard: Buffer[] = [];
    socket.on("data", (chunk) => heard.push(chunk));
    const guest = await guests.next();
    const reason = closing(guest);
    guest.onMessage(() => t.fail("a message was handed over"));
    const before = host.metrics.get("closes_total", "transport", code);
    socket.write(what);
    t.match(await reason, { code, local: true });
    await once(socket, "close");
    t.equal(
      Buffer.concat(heard)
        .toString("latin1")
        .slice(6, 6 + code.length),
      code,
      "the peer is told",
    );
    t.equal(host.metrics.get("closes_total", "transport", code), before + 1);
  }
  const socket = await bareTls(port);
  const guest = await guests.next();
  guest.onMessage(() => undefined);
  socket.write(frameOf(0, 2, new TextEncoder().encode("EVIL_CODE_OF_MINE because")));
  t.match(await closing(guest), { code: "EVIL_CODE_OF_MINE", message: "because", local: false });
  t.notOk(
    [...host.metrics.values.keys()].some((key) => key.includes("EVIL")),
    "what a peer says is no label",
  );
  t.equal(host.metrics.get("closes_total", "remote", "REMOTE"), 1);
  await stopped(t, host);
});

t.test("a frame that trickles in byte by byte, and thousands in one piece", async (t) => {
  const host = await startTransport();
  const { port, guests } = await listening(host.transport);
  const socket = await bareTls(port);
  socket.resume();
  const guest = await guests.next();
  const received: Uint8Array[] = [];
  const enough = (count: number) =>
    new Promise<void>((resolve) => guest.onMessage((_channel, message) => received.push(message) === count && resolve()));
  const trickled = enough(1);
  const frame = frameOf(1, 0, bytes(300, 7));
  for (const byte of frame) socket.write(Uint8Array.of(byte));
  await trickled;
  t.same(received, [bytes(300, 7)]);
  received.length = 0;
  const all = enough(5_000);
  socket.write(Buffer.concat(Array.from({ length: 5_000 }, (_, index) => frameOf(0, 0, Uint8Array.of(index & 255, index >> 8)))));
  await all;
  t.ok(received.every((message, index) => message[0] === (index & 255) && message[1] === index >> 8));
  host.pass(0);
  t.equal(host.metrics.get("received_messages_total", "0"), 5_000);
  t.equal(host.metrics.get("received_bytes_total", "1"), 300);
  await stopped(t, host);
});

t.test("small messages of one turn go out as one write", async (t) => {
  const { host, dialer, there, here } = await pairOf();
  const arrived = new Promise<void>((resolve) => {
    let count = 0;
    here.onMessage(() => ++count === 100 && resolve());
  });
  const writes = t.capture(TLSSocket.prototype, "write", TLSSocket.prototype.write);
  for (let index = 0; index < 100; index++) there.send(0, bytes(200));
  await arrived;
  t.equal(writes().length, 1);
  await stopped(t, host, dialer);
});

t.test("a peer that does not read: wait, then drain; overflow and standstill close", async (t) => {
  const { host, dialer, there, here, guests, address } = await pairOf(
    {},
    { limits: { sendBytesHigh: 65_536, sendBytesMax: 65_536 }, timeouts: { sendMs: 5_000 } },
  );
  let drained = 0;
  there.onDrain(() => drained++);
  while (there.send(1, bytes(100_000)) === "sent");
  t.equal(there.send(0, bytes(1)), "wait", "as long as it has not drained");
  here.onMessage(() => undefined);
  t.equal(await counted(() => drained, 1), 1);
  t.equal(there.send(0, bytes(1)), "sent");
  t.equal(dialer.metrics.get("send_wait_seconds"), 1);

  here.pause();
  const overflow = closing(there);
  while (there.send(2, bytes(4_000_000)) !== "closed");
  t.match(await overflow, { code: "TRANSPORT_SEND_OVERFLOW", local: true });
  t.equal(there.send(0, bytes(1)), "closed");

  const stuckBytes = () => dialer.metrics.read("unsent_bytes");
  const stuck = await dialer.transport.dial(address, never());
  (await guests.next()).pause();
  const stall = closing(stuck);
  // What the operating system still takes is progress: fill it up first.
  for (let before = 0; before === 0 || before !== stuckBytes(); await delay(20)) {
    stuck.send(2, bytes(1_000_000));
    await delay(20);
    before = stuckBytes();
  }
  dialer.pass(0);
  dialer.pass(5_000);
  t.equal(stuck.send(0, bytes(1)), "wait", "not yet");
  dialer.pass(1);
  t.match(await stall, { code: "TRANSPORT_SEND_STALLED", local: true });
  t.equal(dialer.metrics.get("closes_total", "transport", "TRANSPORT_SEND_STALLED"), 1);
  await stopped(t, host, dialer);
});

t.test("who is silent, or never ends what was begun, is closed; who was not read is excused", async (t) => {
  const host = await startTransport({ timeouts: { idleMs: 10_000, messageMs: 1_000 } });
  const { port, guests } = await listening(host.transport);
  for (const [what, waitMs, code] of [
    [frameOf(2, 0, bytes(10), FRAGMENT), 1_000, "TRANSPORT_MESSAGE_STALLED"],
    [frameOf(2, 1, bytes(FRAGMENT)), 1_000, "TRANSPORT_MESSAGE_STALLED"],
    [frameOf(0, 0, bytes(10)), 10_000, "TRANSPORT_IDLE"],
  ] as const) {
    const socket = await bareTls(port);
    const guest = await guests.next();
    const begun = new Promise<void>((resolve) => guest.onMessage(() => resolve()));
    const reason = closing(guest);
    socket.resume();
    // The first one shows that something arrived.
    socket.write(frameOf(0, 0, bytes(1)));
    await begun;
    socket.write(what);
    await delay(patient(30));
    host.pass(0);
    host.pass(waitMs);
    t.equal(guest.send(0, bytes(1)), "sent", "not yet");
    host.pass(1);
    t.match(await reason, { code, local: true });
    await once(socket, "close");
  }
  const socket = await bareTls(port);
  socket.resume();
  const guest = await guests.next();
  const reason = closing(guest);
  guest.onMessage(() => undefined);
  guest.pause();
  for (let i = 0; i < 5; i++) host.pass(9_000);
  t.equal(guest.send(0, bytes(1)), "sent", "it was this side that did not read");
  guest.resume();
  await delay(patient(5));
  host.pass(10_001);
  t.match(await reason, { code: "TRANSPORT_IDLE" });
  await stopped(t, host);
});

t.test("limits by number and rate hold before TLS; what is given back is free again", async (t) => {
  const host = await startTransport({ limits: { inboundConnections: 3, connectionsPerAddress: 2, excuseLoopback: false } });
  const { port, address, guests } = await listening(host.transport);
  const dialer = await startTransport();
  const [first] = [await dialer.transport.dial(address, never()), await dialer.transport.dial(address, never())];
  await t.rejects(dialer.transport.dial(address, never()), { code: "TRANSPORT_DIAL_RESET" });
  t.equal(host.metrics.get("refused_total", "TRANSPORT_ADDRESS_FULL"), 1);
  const guest = await guests.next();
  guest.onMessage(() => undefined);
  await first?.close("DONE", "");
  t.match(await closing(guest), { code: "DONE", local: false });
  await counted(() => host.metrics.get("connections", "inbound"), 1);
  await delay(5);
  const again = await bareTls(port);
  await guests.next();
  again.destroy();
  await stopped(t, host, dialer);

  const slow = await startTransport({ limits: { acceptBurst: 2, acceptsPerSecond: 1 } });
  const { port: slowPort } = await listening(slow.transport);
  for (let i = 0; i < 5; i++)
    await bareTcp(slowPort).then(
      (socket) => socket.destroy(),
      () => undefined,
    );
  t.equal(await counted(() => slow.metrics.get("refused_total", "TRANSPORT_ACCEPT_RATE"), 3), 3);
  await stopped(t, slow);
});

t.test("order of calls, a taken port, and a node that only dials", async (t) => {
  const { transport, timers } = await startTransport({ listen: false });
  t.same(await transport.listen(() => undefined), [], "it listens nowhere");
  const host = await startTransport();
  const { port, address } = await listening(host.transport);
  await t.rejects(
    host.transport.listen(() => undefined),
    { code: "TRANSPORT_WRONG_STATE", message: /listens already/ },
  );
  t.throws(() => host.transport.configure([]), { code: "TRANSPORT_WRONG_STATE" });
  const second = await startTransport({ port });
  await t.rejects(
    second.transport.listen(() => undefined),
    { code: "TRANSPORT_PORT_IN_USE" },
  );
  const nowhere = await startTransport({ host: "192.0.2.1" });
  await t.rejects(
    nowhere.transport.listen(() => undefined),
    { code: "TRANSPORT_LISTEN_FAILED" },
  );
  t.throws(() => makeTransport({ limits: { sendBytesHigh: 100_000, sendBytesMax: 99_999 } }), { code: "TRANSPORT_BAD_SEND_BOUNDS" });
  const { transport: early } = makeTransport();
  await t.rejects(early.dial(address, never()), { code: "TRANSPORT_WRONG_STATE", message: /not started/ });
  await early.start();
  await t.rejects(early.dial(address, never()), { code: "TRANSPORT_WRONG_STATE", message: /configure/ });
  await early.stop();
  await transport.stop();
  t.equal(timers(), 0);
  await stopped(t, host, second, nowhere);
});

t.test("new certificates are taken over by the listener", async (t) => {
  const { host, dialer, address } = await pairOf();
  t.equal(host.security.rotated.length, 1);
  for (const listener of host.security.rotated) listener();
  t.ok(await dialer.transport.dial(address, never()), "and it goes on");
  await stopped(t, host, dialer);
});

t.test("a stop says goodbye, ends dials and half-way handshakes, and waits for all of it", async (t) => {
  const { host, dialer, there, here } = await pairOf();
  const { port } = await listening(dialer.transport);
  const half = await bareTcp(port);
  const silent = await silentServer();
  const pending = t.rejects(dialer.transport.dial(silent.address, never()), { code: "TRANSPORT_DIAL_ABORTED" });
  here.onMessage(() => undefined);
  there.onMessage(() => undefined);
  const [far, near] = [closing(here), closing(there)];
  await Promise.all([dialer.transport.stop(), once(half, "close"), pending]);
  t.match(await far, { code: "TRANSPORT_STOPPING", local: false });
  t.match(await near, { code: "TRANSPORT_STOPPING", local: true });
  t.equal(dialer.metrics.get("connections", "outbound"), 0);
  silent.close();
  await stopped(t, host, dialer);
});
