/** What a reviewer tried against the transport: endings under backpressure, half-sent messages of many, and odd moments. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { selfSignedCertificate } from "../../../core/certificates/index.js";
import type { DataDirectory } from "../../../core/ports/data-directory.js";
import type { Connection } from "../../../core/ports/transport.js";
import type { TlsConfig } from "../../../plugins/transport-tcp/tls/config.js";
import { loadCredentials } from "../../../plugins/transport-tcp/tls/credentials.js";
import { ExpiryWatch } from "../../../plugins/transport-tcp/tls/expiry-watch.js";
import { bareTcp, bareTls, closing, frameOf, listening, never, SILENT, startTransport } from "./fixture.js";

const FRAGMENT = 65_536;
const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill);
const goodbye = frameOf(0, 2, new TextEncoder().encode("DONE that was all"));

/** Takes one message at a time, and the next one a moment later. */
function takeSlowly(connection: Connection, received: number[]): void {
  connection.onMessage((_channel, message) => {
    received.push(message[0] ?? -1);
    connection.pause();
    setTimeout(() => connection.resume(), 15);
  });
}

t.test("what was sent before a goodbye arrives also where the receiver holds back, and then the reason", async (t) => {
  const host = await startTransport();
  const { port, guests } = await listening(host.transport);
  const frames = [0, 1, 2, 3, 4, 5].map((index) => frameOf(0, 0, Uint8Array.of(index)));
  for (const [ending, expected] of [
    [goodbye, { code: "DONE", message: "that was all", local: false }],
    [new Uint8Array(0), { code: "TRANSPORT_CLOSED", local: false }],
  ] as const) {
    const socket = await bareTls(port);
    socket.resume();
    const guest = await guests.next();
    const received: number[] = [];
    const reason = closing(guest);
    takeSlowly(guest, received);
    socket.end(Buffer.concat([...frames, ending]));
    t.match(await reason, expected);
    t.same(received, [0, 1, 2, 3, 4, 5]);
  }
  // The other side is gone, and what this side still sends meets a reset.
  const wire = await bareTcp(port);
  const rude = await bareTls(port, { socket: wire });
  rude.resume();
  const shaken = await guests.next();
  const taken: number[] = [];
  const end = closing(shaken);
  takeSlowly(shaken, taken);
  rude.write(Buffer.concat([...frames, goodbye]));
  for (let i = 0; i < 6_000 && taken.length === 0; i++) await delay(1);
  wire.resetAndDestroy();
  t.match(await end, { code: "DONE", local: false });
  t.same(taken, [0, 1, 2, 3, 4, 5]);
  // One that ended while it was held back is no obstacle to a close.
  const socket = await bareTls(port);
  socket.resume();
  const guest = await guests.next();
  const reason = closing(guest);
  const first = new Promise<void>((resolve) => {
    guest.onMessage(() => {
      guest.pause();
      resolve();
    });
  });
  socket.end(Buffer.concat([...frames, goodbye]));
  await Promise.all([first, once(socket, "close")]);
  t.equal(guest.send(0, bytes(1)), "sent", "nobody was told yet that it has ended");
  await guest.close("ENOUGH", "");
  t.match(await reason, { code: "ENOUGH", local: true });
  await host.transport.stop();
  t.equal(host.metrics.get("connections", "inbound"), 0);
  t.equal(host.timers(), 0);
});

t.test("half-sent messages are bounded over all connections: who has kept one open for longest goes", async (t) => {
  const host = await startTransport({ limits: { partialBytesMax: 65_536 } });
  const { port, guests } = await listening(host.transport);
  // The bound is raised to what one connection may hold, twice 4 MiB: the third with 3 MiB is too much.
  const more = Buffer.concat(Array.from({ length: 48 }, () => frameOf(2, 1, bytes(FRAGMENT))));
  const held = () => host.metrics.read("partial_bytes");
  const reasons: Promise<unknown>[] = [];
  const sockets = [];
  const messages: number[] = [];
  for (let index = 0; index < 3; index++) {
    const socket = await bareTls(port);
    socket.resume();
    sockets.push(socket);
    const guest = await guests.next();
    guest.onMessage((_channel, message) => messages.push(message.length));
    reasons.push(closing(guest));
    const before = held();
    socket.write(more);
    for (let i = 0; i < 6_000 && index < 2 && held() - before < 48 * FRAGMENT; i++) await delay(5);
  }
  t.match(await reasons[0], { code: "TRANSPORT_PARTIAL_EVICTED", local: true });
  t.equal(host.metrics.get("closes_total", "transport", "TRANSPORT_PARTIAL_EVICTED"), 1);
  for (let i = 0; i < 6_000 && held() !== 2 * 48 * FRAGMENT; i++) await delay(5);
  t.equal(held(), 2 * 48 * FRAGMENT, "and what it held is free");
  for (const socket of sockets.slice(1)) socket.write(frameOf(2, 0, bytes(1)));
  for (let i = 0; i < 6_000 && messages.length < 2; i++) await delay(5);
  t.same(messages, [48 * FRAGMENT + 1, 48 * FRAGMENT + 1], "the others go on");
  t.equal(held(), 0);
  await host.transport.stop();
  t.equal(host.timers(), 0);
});

t.test("a refused connection whose reset fails is no uncaught error", async (t) => {
  const host = await startTransport({ limits: { inboundConnections: 1 } });
  const { port, guests } = await listening(host.transport);
  const first = await bareTls(port);
  await guests.next();
  const reset = Socket.prototype.resetAndDestroy;
  const failed = new Promise<void>((resolve) => {
    Socket.prototype.resetAndDestroy = function (this: Socket) {
      resolve();
      return this.destroy(new Error("reset EINVAL"));
    };
  });
  t.teardown(() => {
    Socket.prototype.resetAndDestroy = reset;
  });
  const second = await bareTcp(port);
  await Promise.all([failed, once(second, "close")]);
  first.destroy();
  await host.transport.stop();
});

t.test("a stop in the middle of listen leaves nobody listening", async (t) => {
  const host = await startTransport();
  const listens = host.transport.listen(() => undefined).catch(() => undefined);
  await host.transport.stop();
  const [address] = (await listens) ?? [];
  if (address !== undefined) {
    const dialer = await startTransport();
    await t.rejects(dialer.transport.dial(address, never()), { code: "TRANSPORT_DIAL_REFUSED" });
    await dialer.transport.stop();
  }
});

t.test("two certificates of one serial number are warned of once a day each", (t) => {
  const lines: unknown[] = [];
  const logger = { ...SILENT, warn: (data: unknown) => void lines.push(data), child: () => SILENT };
  const watch = new ExpiryWatch(logger, 30);
  const day = 86_400_000;
  const certificate = (fingerprint256: string, untilMs: number) =>
    ({
      serialNumber: "01",
      fingerprint256,
      subject: "CN=x",
      validFrom: new Date(0).toUTCString(),
      validTo: new Date(untilMs).toUTCString(),
    }) as never;
  const both = [
    { role: "own certificate", certificate: certificate("AA", 10 * day), remedy: "" },
    { role: "trusted authority", certificate: certificate("BB", 20 * day), remedy: "" },
  ];
  for (let turn = 0; turn < 5; turn++) watch.check(both, 1_000 + turn);
  t.equal(lines.length, 2);
  t.end();
});

t.test("a key or a passphrase that others can read is warned of", async (t) => {
  const folder = t.testdir();
  const at = (name: string) => join(folder, name);
  const entropy = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };
  const made = await selfSignedCertificate({ nowMs: Date.now(), entropy }, { passphrase: "open sesame" });
  const contents = { "c.pem": made.certificate, "k.pem": made.key, secret: "open sesame\n" };
  for (const [name, text] of Object.entries(contents)) await writeFile(at(name), text, { mode: 0o600 });
  const files = { certificate: at("c.pem"), key: at("k.pem"), keyPassphrase: at("secret"), authorities: [], own: false };
  const warned: unknown[] = [];
  const logger = { ...SILENT, warn: (data: unknown) => void warned.push(data), child: () => SILENT };
  const load = () =>
    loadCredentials(files, { trust: "open" } as TlsConfig, { directory: { path: folder } as DataDirectory, nowMs: Date.now(), logger });
  await load();
  t.same(warned, []);
  await chmod(at("secret"), 0o640);
  await chmod(at("k.pem"), 0o604);
  await load();
  t.same(warned, [
    { file: at("k.pem"), mode: "604" },
    { file: at("secret"), mode: "640" },
  ]);
  t.notOk(JSON.stringify(warned).includes("sesame"));
});
