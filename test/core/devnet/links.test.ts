/** Links: TCP proxies that carry, delay, break and refuse. */

import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import t, { type Test } from "tap";
import { LinkProxy } from "../../../core/devnet/links/link-proxy.js";
import { Links, parseGroups } from "../../../core/devnet/links/links.js";
import { freePorts, portsFrom } from "../../../core/devnet/ports.js";
import { SystemClock, SystemEntropy, SystemScheduler } from "../../../core/runtime/index.js";

const scheduler = new SystemScheduler(new SystemClock());

async function echoServer(t: Test): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  return listening(t, server);
}

async function listening(t: Test, server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  return freePorts(new SystemEntropy(), []).api(1);
}

async function linkTo(t: Test, targetPort: number, latencyMs = 0): Promise<{ link: LinkProxy; port: number }> {
  const port = await freePort();
  const link = new LinkProxy({ port, targetPort: () => targetPort, latencyMs, name: "link 2-1" }, scheduler);
  await link.listen();
  t.teardown(() => link.close());
  return { link, port };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await once(socket, "connect");
  return socket;
}

/** Resolves once a socket is gone, by whatever way. */
async function gone(socket: Socket): Promise<void> {
  socket.on("error", () => undefined).resume();
  if (!socket.closed) await new Promise<void>((resolve) => socket.once("close", () => resolve()));
}

async function answerTo(socket: Socket, bytes: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.end(bytes);
  await once(socket, "end");
  return Buffer.concat(chunks);
}

t.test("bytes pass unchanged both ways, and so does the end", async (t) => {
  for (const latencyMs of [0, 5]) {
    const { port } = await linkTo(t, await echoServer(t), latencyMs);
    const bytes = randomBytes(9 * 1024 * 1024);
    const answer = await answerTo(await dial(port), bytes);
    t.equal(createHash("sha256").update(answer).digest("hex"), createHash("sha256").update(bytes).digest("hex"), `latency ${latencyMs} ms`);
  }
});

t.test("latency", async (t) => {
  const { port } = await linkTo(t, await echoServer(t), 60);
  const socket = await dial(port);
  const startedMs = performance.now();
  await answerTo(socket, Buffer.from("there and back"));
  const tookMs = performance.now() - startedMs;
  t.ok(tookMs >= 118 && tookMs < 5_000, `60 ms each way: ${tookMs.toFixed(0)} ms`);
});

t.test("a cut breaks what is open and refuses what comes; mended, it carries again", async (t) => {
  const { link, port } = await linkTo(t, await echoServer(t));
  const socket = await dial(port);
  socket.write("x");
  await once(socket, "data");
  t.equal(link.connections, 1);
  link.cut();
  await gone(socket);
  t.equal(link.connections, 0);
  const refused = connect(port, "127.0.0.1");
  let heard = false;
  refused.on("data", () => {
    heard = true;
  });
  refused.write("x");
  await gone(refused);
  t.notOk(heard, "nothing came through");
  link.mend();
  t.equal((await answerTo(await dial(port), Buffer.from("again"))).toString(), "again");
});

t.test("whoever breaks, the other end breaks, too", async (t) => {
  let far: Socket | undefined;
  const target = await listening(
    t,
    createServer((socket) => {
      far = socket.on("error", () => undefined);
    }),
  );
  const { link, port } = await linkTo(t, target);
  const first = await dial(port);
  first.write("x");
  while (far === undefined) await new Promise((resolve) => setImmediate(resolve));
  far.resetAndDestroy();
  await gone(first);
  far = undefined;
  const second = await dial(port);
  second.write("x");
  while (far === undefined) await new Promise((resolve) => setImmediate(resolve));
  const farGone = gone(far);
  second.resetAndDestroy();
  await farGone;
  t.equal(link.connections, 0);
});

t.test("a node that does not listen", async (t) => {
  const { link, port } = await linkTo(t, await freePort());
  await gone(connect(port, "127.0.0.1"));
  t.equal(link.connections, 0);
});

t.test("a port that is taken", async (t) => {
  const port = await echoServer(t);
  const link = new LinkProxy({ port, targetPort: () => port, latencyMs: 0, name: "link 2-1" }, scheduler);
  await t.rejects(link.listen(), { code: "DEVNET_PORT_TAKEN", message: new RegExp(`port ${port}, for link 2-1`) });
  await link.close();
});

t.test("partitions", async (t) => {
  const target = await echoServer(t);
  const links = new Links({ latencyMs: 0, transportPort: () => target }, scheduler);
  t.teardown(() => links.close());
  for (const [from, to] of [
    [2, 1],
    [3, 2],
    [4, 3],
  ] as const)
    await links.open({ from, to, port: await freePort() });
  t.same(links.reachable(4), [[1, 2, 3, 4]]);
  links.partition(
    [
      [1, 2],
      [3, 4],
    ],
    4,
  );
  t.same(links.reachable(4), [
    [1, 2],
    [3, 4],
  ]);
  t.notOk(links.isWhole);
  links.partition([[1, 3]], 4);
  t.same(links.reachable(4), [[1], [2], [3], [4]], "a group that hung together by others falls apart");
  links.partition([[4]], 4);
  t.same(links.reachable(4), [[1, 2, 3], [4]], "those left out are a group");
  await links.open({ from: 5, to: 4, port: await freePort() });
  t.same(links.reachable(5), [[1, 2, 3], [4], [5]], "a link that opens later obeys, too");
  links.heal();
  t.same(links.reachable(5), [[1, 2, 3, 4, 5]]);
  t.ok(links.isWhole);
  const refused: readonly [readonly (readonly number[])[], RegExp][] = [
    [[], /no groups/],
    [[[1], []], /empty/],
    [
      [
        [1, 2],
        [2, 3],
      ],
      /node 2 is named twice/,
    ],
    [[[6]], /no node 6/],
    [[[1, 2, 3, 4, 5]], /splits nothing/],
  ];
  for (const [groups, message] of refused) t.throws(() => links.partition(groups, 5), { code: "DEVNET_PARTITION_INVALID", message });
  t.ok(links.isWhole, "what was refused changed nothing");
});

t.test("groups as text", async (t) => {
  t.same(parseGroups("1,2|3"), [[1, 2], [3]]);
  t.same(parseGroups(" 1 , 2 | 3 "), [[1, 2], [3]]);
  for (const text of ["", "1|", "1,,2", "a|b", "1.5", "-1", "99999"])
    t.throws(() => parseGroups(text), { code: "DEVNET_PARTITION_INVALID" }, JSON.stringify(text));
});

t.test("ports from a base are distinct for the largest devnet, and within range", async (t) => {
  const ports = portsFrom(20_000);
  const all = new Set<number>();
  let count = 0;
  const add = (port: number) => {
    all.add(port);
    count++;
  };
  for (let node = 1; node <= 64; node++) {
    add(await ports.api(node));
    add(await ports.transport(node));
    for (let to = 1; to < node; to++) add(await ports.link({ from: node, to }));
  }
  t.equal(all.size, count);
  t.equal(await ports.api(1), 20_000);
  for (const base of [0, -1, 65_535, 63_500, 1.5, Number.NaN])
    t.throws(() => portsFrom(base), { code: "DEVNET_OPTION_INVALID" }, String(base));
});
