/** The peer book: scores, bans, addresses, what is kept when there is no room, and what survives on disk. */
import fc from "fast-check";
import t from "tap";
import { DEFAULT_NETWORK_OPTIONS } from "../../../../core/network/options.js";
import { addressFromPeer, hostOf, parseAddress, reachOf } from "../../../../core/network/peers/addresses.js";
import { decodeAddress, decodeBan, encodeAddress, encodeBan, recordKeys } from "../../../../core/network/peers/book-records.js";
import { PeerBook } from "../../../../core/network/peers/peer-book.js";
import { after, type Deed, initialStanding, scoreAt, violationsAt } from "../../../../core/network/peers/score.js";
import type { StorageOperation } from "../../../../core/ports/storage.js";
import { toHex } from "../../../../core/primitives/bytes.js";
import { crc32c } from "../../../../core/primitives/crc32c.js";
import { sha256 } from "../../../../core/primitives/hash.js";
import { MemoryStorage } from "../../../../plugins/storage-memory/memory-storage.js";
import { NO_METRICS, SILENT } from "../../../plugins/ledger-account/fixtures.js";
import { DrivenTime } from "../world.js";

const SCORE = DEFAULT_NETWORK_OPTIONS.score;
const HOUR_MS = 3_600_000;
const REFUSED = { code: "TEST_REFUSED", reason: "refused" };
const nodeIdOf = (number: number) => toHex(sha256(Uint8Array.of(number & 255, number >> 8)));

class Shelf {
  readonly time = new DrivenTime();
  readonly storage: MemoryStorage;
  readonly connected = new Set<string>();
  readonly warnings: object[] = [];
  readonly counts = { banned: 0, damaged: 0 };
  readonly writes: { readonly operations: readonly StorageOperation[]; readonly durable: boolean }[] = [];
  failure: Error | undefined;

  constructor(storage = new MemoryStorage(NO_METRICS)) {
    this.storage = storage;
  }

  async book(bookEntries = 100): Promise<PeerBook> {
    const { storage } = this;
    const book = new PeerBook(
      {
        storage: Object.assign(Object.create(null), {
          range: storage.range.bind(storage),
          write: async (operations: readonly StorageOperation[], options: { readonly durable: boolean }) => {
            const { failure } = this;
            this.failure = undefined;
            if (failure !== undefined) throw failure;
            this.writes.push({ operations, ...options });
            await storage.write(operations, options);
          },
        }),
        clock: this.time,
        scheduler: this.time,
        logger: { ...SILENT, warn: (data: object) => void this.warnings.push(data) },
        metrics: { banned: () => this.counts.banned++, damaged: (count) => (this.counts.damaged += count) },
        isConnected: (nodeId) => this.connected.has(nodeId),
      },
      { bookEntries, score: SCORE },
    );
    await book.load();
    return book;
  }
}

async function shelf(): Promise<Shelf> {
  const made = new Shelf();
  await made.storage.start();
  return made;
}

t.test("the score table", async (t) => {
  const nowMs = 1_000_000;
  const table: readonly (readonly [Deed, number])[] = [
    ["connection", 55_000],
    ["failure", 48_000],
    ["block", 51_000],
    ["transaction", 50_100],
    ["invalid", 45_000],
    ["violation", 40_000],
  ];
  for (const [deed, expected] of table) {
    const standing = after(initialStanding(SCORE, nowMs), deed, SCORE, nowMs);
    t.equal(scoreAt(standing, SCORE, nowMs), expected, deed);
    t.equal(standing.violations, deed === "violation" ? 1 : 0);
  }
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom<Deed>("connection", "failure", "block", "transaction", "invalid", "violation"), fc.nat(HOUR_MS))),
      (deeds) => {
        let standing = initialStanding(SCORE, nowMs);
        let atMs = nowMs;
        for (const [deed, pauseMs] of deeds) {
          atMs += pauseMs;
          standing = after(standing, deed, SCORE, atMs);
          const score = scoreAt(standing, SCORE, atMs);
          if (!Number.isInteger(score) || score < 0 || score > 100_000) return false;
        }
        return true;
      },
    ),
  );
  let bad = initialStanding(SCORE, nowMs);
  for (let count = 0; count < 6; count++) bad = after(bad, "violation", SCORE, nowMs);
  t.equal(scoreAt(bad, SCORE, nowMs), 0);
  t.equal(scoreAt(bad, SCORE, nowMs + HOUR_MS), 6_000, "six points an hour");
  t.equal(scoreAt(bad, SCORE, nowMs + 100 * HOUR_MS), 50_000, "not above where everybody begins");
  t.equal(scoreAt(bad, SCORE, nowMs - HOUR_MS), 0, "a clock that jumped back gives nothing");
  t.same([violationsAt(bad, SCORE, nowMs), violationsAt(bad, SCORE, nowMs + 25 * HOUR_MS)], [6, 0]);
  const good = after(after(initialStanding(SCORE, nowMs), "connection", SCORE, nowMs), "block", SCORE, nowMs);
  t.equal(scoreAt(good, SCORE, nowMs + 1_000 * HOUR_MS), 56_000, "merit does not fade");
});

t.test("a score goes with the identity, and is not to be had by coming and going", async (t) => {
  const {
    book: open,
    time,
    connected,
  } = await shelf().then((made) => ({ book: () => made.book(), time: made.time, connected: made.connected }));
  const book = await open();
  book.learn("tcp://a:1", "exchange");
  book.failed("tcp://a:1", REFUSED, false);
  t.match(book.records(), [{ scoreMilli: 48_000, failuresInARow: 1, lastFailure: { reason: "refused" } }]);
  book.met(nodeIdOf(1), "tcp://a:1");
  book.connected(nodeIdOf(1));
  t.equal(book.score(nodeIdOf(1)), 53_000, "whoever is met begins with what is known of the address");
  book.connected(nodeIdOf(1));
  t.equal(book.score(nodeIdOf(1)), 53_000);
  await time.pass(10 * 60_000);
  book.connected(nodeIdOf(1));
  t.equal(book.score(nodeIdOf(1)), 58_000);
  connected.add(nodeIdOf(1));
  book.failed("tcp://a:1", REFUSED, false);
  t.equal(book.score(nodeIdOf(1)), 58_000, "it is here, whatever its address says");
  connected.clear();
  for (let count = 0; count < 40; count++) book.failed("tcp://a:1", REFUSED, true);
  t.equal(book.score(nodeIdOf(1)), 25_000, "alone, we give nobody up");
  book.failed("tcp://a:1", REFUSED, false);
  t.equal(book.score(nodeIdOf(1)), 23_000);
  book.failed("tcp://unknown:1", REFUSED, false);
  t.equal(book.size, 1);
});

t.test("bans: by id, address or host; the first that ends makes room", async (t) => {
  const made = await shelf();
  const book = await made.book(3);
  const { time } = made;
  book.learn("tcp://10.0.0.1:30303", "operator");
  book.met(nodeIdOf(1), "tcp://10.0.0.1:30303");
  await book.ban("tcp://10.0.0.1:30303", HOUR_MS, "test", "operator");
  t.ok(book.isAddressBanned("tcp://10.0.0.1:30303"));
  t.notOk(book.isAddressBanned("tcp://10.0.0.1:30304"), "others behind the same host are not meant");
  t.ok(book.isNodeBanned(nodeIdOf(1)), "who was met there is");
  t.equal(await book.unban("tcp://10.0.0.1:30303"), true);
  await book.ban("tcp://10.0.0.1", HOUR_MS, "test", "operator");
  t.ok(book.isAddressBanned("tcp://10.0.0.1:9"), "any port of the moment");
  t.notOk(book.isAddressBanned("tcp://10.0.0.11:9"));
  await book.ban(nodeIdOf(2), 2 * HOUR_MS, "test", "operator");
  t.ok(book.isNodeBanned(nodeIdOf(2)));
  t.ok(
    made.writes.every(({ durable }) => durable),
    "bans are written at once, durably",
  );
  await book.ban(nodeIdOf(3), 3 * HOUR_MS, "test", "operator");
  await book.ban(nodeIdOf(4), 4 * HOUR_MS, "test", "operator");
  t.same(
    book.bans().map(({ subject }) => subject),
    [nodeIdOf(2), nodeIdOf(3), nodeIdOf(4)].sort(),
  );
  await time.pass(2 * HOUR_MS);
  t.notOk(book.isNodeBanned(nodeIdOf(2)), "over");
  t.equal(book.bans().length, 2);
});

t.test("an operator's ban: this node's own make room for it, and neither displace nor shorten it", async (t) => {
  const made = await shelf();
  const book = await made.book(3);
  const own = (number: number) => {
    for (let count = 0; count < 5; count++) book.offend(nodeIdOf(number), "violation", "SYNC_TEST");
  };
  const banned = () => Object.fromEntries(book.bans().map(({ subject, by, untilMs }) => [subject, [by, untilMs - made.time.nowMs()]]));
  await book.ban(nodeIdOf(1), HOUR_MS, "test", "operator");
  for (const number of [2, 3, 4, 5]) own(number);
  t.equal(book.bans().length, 3);
  t.same(banned()[nodeIdOf(1)], ["operator", HOUR_MS], "it would end long before the others");
  own(1);
  t.same(banned()[nodeIdOf(1)], ["operator", SCORE.banMs], "one that ends later counts on");
  t.match(
    book.bans().find(({ subject }) => subject === nodeIdOf(1)),
    { reason: "test" },
  );
  await book.ban(nodeIdOf(1), 30 * SCORE.banMs, "test", "operator");
  own(1);
  t.same(banned()[nodeIdOf(1)], ["operator", 30 * SCORE.banMs], "one that ends sooner changes nothing");
  await book.ban(nodeIdOf(1), HOUR_MS, "test", "operator");
  t.same(banned()[nodeIdOf(1)], ["operator", HOUR_MS], "the operator may say otherwise");
  for (const number of [6, 7]) await book.ban(nodeIdOf(number), 1_000, "test", "operator");
  t.same(Object.keys(banned()).sort(), [1, 6, 7].map(nodeIdOf).sort());
  own(8);
  t.same(Object.keys(banned()).sort(), [1, 6, 7].map(nodeIdOf).sort(), "of only the operator's, none makes room");
  await book.unban(nodeIdOf(7));
  own(9);
  const before = book.bans();
  await book.close();
  t.same((await new Shelf(made.storage).book(3)).bans(), before, "whose it is survives a restart");
});

/** A record of version 1 or others, as it is stored. */
function versioned(key: Uint8Array, stored: Uint8Array, version: number): Uint8Array {
  const changed = Uint8Array.from(stored, (byte, index) => (index === 4 ? version : byte));
  new DataView(changed.buffer).setUint32(0, (crc32c(changed.subarray(4)) ^ crc32c(key)) >>> 0);
  return changed;
}

t.test("records of older versions are read, each kind by its own, and none from the future", async (t) => {
  const address = {
    address: "tcp://a:1",
    source: "operator",
    persistent: true,
    addedMs: 5,
    failuresInARow: 2,
    standing: { scoreMilli: 40_000, atMs: 7, violations: 1, lastViolationMs: 6 },
    lastFailure: { atMs: 9, reason: "refused" },
  } as const;
  const key = recordKeys.address(address.address);
  const stored = encodeAddress(address);
  t.equal(stored[4], 2);
  t.same(decodeAddress(key, stored), address);
  t.same(decodeAddress(key, versioned(key, stored, 1)), address, "without a code, it is what version 1 was");
  const coded = encodeAddress({ ...address, lastFailure: { ...address.lastFailure, code: "TEST_CODE" } });
  t.equal(decodeAddress(key, coded)?.lastFailure?.code, "TEST_CODE");
  t.equal(decodeAddress(key, versioned(key, coded, 1)), undefined, "version 1 has no code");
  for (const version of [0, 3]) t.equal(decodeAddress(key, versioned(key, stored, version)), undefined);

  const ban = { subject: nodeIdOf(1), untilMs: 99, reason: "test" };
  const banKey = recordKeys.ban(ban.subject);
  const byOperator = encodeBan({ ...ban, by: "operator" });
  t.equal(byOperator[4], 1, "as it always was");
  t.same(decodeBan(banKey, byOperator), { ...ban, by: "operator" });
  t.same(decodeBan(banKey, encodeBan({ ...ban, by: "node" })), { ...ban, by: "node" });
  t.equal(decodeBan(banKey, versioned(banKey, byOperator, 3)), undefined);

  const made = await shelf();
  const book = await made.book();
  book.connected(nodeIdOf(3));
  await book.close();
  for await (const [, value] of made.storage.range({ gte: Uint8Array.of(0x61), lt: Uint8Array.of(0x62) }))
    t.equal(value[4], 1, "of nodes nothing changed");
});

t.test("whoever is pardoned is dialed again", async (t) => {
  const made = await shelf();
  const book = await made.book();
  book.connected(nodeIdOf(1));
  const verdicts = [1, 2, 3, 4, 5].map(() => book.offend(nodeIdOf(1), "violation", "SYNC_TEST"));
  t.same(verdicts, [false, false, false, false, true]);
  t.equal(made.counts.banned, 1);
  t.equal(book.score(nodeIdOf(1)), 5_000);
  t.equal(await book.unban(nodeIdOf(1)), true);
  t.equal(book.score(nodeIdOf(1)), 50_000);
  t.same(
    [1, 2, 3, 4].map(() => book.offend(nodeIdOf(1), "violation", "SYNC_TEST")),
    [false, false, false, false],
    "counted anew",
  );
});

t.test("what is known survives a restart", async (t) => {
  const made = await shelf();
  const book = await made.book();
  book.learn("tcp://a:1", "config", true);
  book.learn("tcp://b:1", "operator");
  book.learn("tcp://c:1", "exchange");
  book.met(nodeIdOf(2), "tcp://b:1");
  book.connected(nodeIdOf(2));
  book.reward(nodeIdOf(2), "block");
  book.failed("tcp://c:1", { code: "TEST_CODE", reason: `ünrea\u0000chable ${"x".repeat(500)}\ud800` }, false);
  await book.ban(nodeIdOf(9), HOUR_MS, "bad", "operator");
  const records = book.records();
  await book.close();
  t.equal(made.time.timers, 0);
  const again = new Shelf(made.storage);
  const reopened = await again.book();
  const [c] = reopened.records().filter(({ address }) => address === "tcp://c:1");
  t.equal(c?.lastFailure?.reason.length, 200);
  t.equal(c?.lastFailure?.code, "TEST_CODE");
  t.same(c?.lastFailure, book.records().find(({ address }) => address === "tcp://c:1")?.lastFailure, "the same before and after");
  t.same(
    reopened.records().map((record) => ({ ...record, lastFailure: undefined })),
    records.map((record) => ({ ...record, lastFailure: undefined })),
  );
  t.same(reopened.bans(), book.bans());
  t.equal(reopened.score(nodeIdOf(2)), 56_000);
  t.same(again.warnings, []);
  reopened.forgetConfig(new Set());
  t.match(
    reopened.records().find(({ address }) => address === "tcp://a:1"),
    { source: "exchange", persistent: false },
    "named no more",
  );
  reopened.learn("tcp://b:1", "config", true);
  t.match(
    reopened.records().find(({ address }) => address === "tcp://b:1"),
    { source: "config", persistent: true },
  );
  await reopened.close();
  const smaller = await new Shelf(made.storage).book(1);
  t.equal(smaller.size, 1, "a bound that was lowered");
});

t.test("writes are gathered, and a failed one is made up for", async (t) => {
  const made = await shelf();
  const book = await made.book();
  for (let count = 0; count < 50; count++) book.learn(`tcp://host-${count}:1`, "exchange");
  t.equal(made.writes.length, 0);
  made.failure = new Error("disk full");
  await made.time.pass(2_100);
  t.equal(made.writes.length, 0);
  t.match(made.warnings, [{ reason: "disk full", records: 50 }]);
  book.learn("tcp://one-more:1", "exchange");
  await made.time.pass(2_100);
  t.same(
    made.writes.map(({ operations, durable }) => [operations.length, durable]),
    [[51, false]],
  );
});

t.test("damaged records are dropped, with one warning, and the rest stays", async (t) => {
  const made = await shelf();
  const book = await made.book();
  for (let count = 0; count < 8; count++) book.learn(`tcp://host-${count}:1`, "exchange");
  book.connected(nodeIdOf(1));
  await book.ban(nodeIdOf(9), HOUR_MS, "bad", "operator");
  await book.close();
  const stored: [Uint8Array, Uint8Array][] = [];
  for await (const [key, value] of made.storage.range({ gte: Uint8Array.of(0x60), lt: Uint8Array.of(0x70) })) stored.push([key, value]);
  t.equal(stored.length, 10);
  const [first, second, third, fourth] = stored as [
    [Uint8Array, Uint8Array],
    [Uint8Array, Uint8Array],
    [Uint8Array, Uint8Array],
    [Uint8Array, Uint8Array],
  ];
  const flipped = Uint8Array.from(first[1], (byte, index) => (index === 9 ? byte ^ 4 : byte));
  // A sound record, but of a version that this one does not know.
  const future = versioned(fourth[0], fourth[1], 99);
  await made.storage.write(
    [
      { type: "put", key: first[0], value: flipped },
      { type: "put", key: second[0], value: second[1].slice(0, 3) },
      // One record under another's key.
      { type: "put", key: third[0], value: fourth[1] },
      { type: "put", key: fourth[0], value: future },
    ],
    { durable: true },
  );
  const again = new Shelf(made.storage);
  const reopened = await again.book();
  t.equal(reopened.size, 4);
  t.equal(reopened.bans().length, 1);
  t.equal(again.counts.damaged, 4);
  t.same(again.warnings, [{ records: 4 }]);
  await reopened.close();
  const clean = new Shelf(made.storage);
  await clean.book();
  t.same(clean.warnings, [], "and gone");
});

t.test("records mean the same after encoding, and no flipped bit passes", async (t) => {
  const record = fc.record(
    {
      address: fc.constantFrom("tcp://a:1", "tcp://[::1]:2", "memory://x"),
      nodeId: fc.integer({ min: 0, max: 60_000 }).map(nodeIdOf),
      source: fc.constantFrom("config" as const, "operator" as const, "exchange" as const, "inbound" as const),
      persistent: fc.boolean(),
      addedMs: fc.nat(),
      lastConnectedMs: fc.integer({ min: 1 }).map(Math.abs),
      lastFailure: fc.record(
        {
          atMs: fc.integer({ min: 1 }),
          code: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,63}$/),
          reason: fc.string({ maxLength: 50, unit: "binary-ascii" }),
        },
        { requiredKeys: ["atMs", "reason"] },
      ),
      failuresInARow: fc.nat(),
      standing: fc.record({ scoreMilli: fc.nat(100_000), atMs: fc.integer({ min: 1 }), violations: fc.nat(5), lastViolationMs: fc.nat() }),
    },
    { requiredKeys: ["address", "source", "persistent", "addedMs", "failuresInARow", "standing"] },
  );
  fc.assert(
    fc.property(record, fc.nat(), (value, flip) => {
      const key = recordKeys.address(value.address);
      const bytes = encodeAddress(value);
      const decoded = decodeAddress(key, bytes);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      const reason = value.lastFailure?.reason.replace(/[\u0000-\u001f\u007f]/g, "?");
      t.same(decoded, value.lastFailure === undefined ? value : { ...value, lastFailure: { ...value.lastFailure, reason } });
      const broken = bytes.slice();
      const bit = flip % (8 * bytes.length);
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return decodeAddress(key, broken) === undefined;
    }),
    { numRuns: 60 },
  );
});

t.test("when the book is full: who is named stays, who was met stays before who was only told of", async (t) => {
  const made = await shelf();
  const book = await made.book(6);
  const has = (address: string) => book.entry(address) !== undefined;
  book.learn("tcp://config:1", "config");
  book.learn("tcp://persistent:1", "operator", true);
  book.learn("tcp://met:1", "exchange");
  book.met(nodeIdOf(1), "tcp://met:1");
  book.learn("tcp://here:1", "exchange");
  book.met(nodeIdOf(2), "tcp://here:1");
  made.connected.add(nodeIdOf(2));
  book.learn("tcp://failed:1", "exchange");
  book.failed("tcp://failed:1", REFUSED, false);
  book.learn("tcp://told:1", "exchange");
  t.equal(book.size, 6);
  t.ok(book.learn("tcp://new-1:1", "exchange"));
  t.notOk(has("tcp://failed:1"), "first, who was never met and failed");
  t.ok(book.learn("tcp://new-2:1", "exchange"));
  t.notOk(has("tcp://told:1"), "then, who was never met, the oldest first");
  for (let count = 0; count < 50; count++) book.learn(`tcp://flood-${count}:1`, "inbound");
  for (const address of ["tcp://config:1", "tcp://persistent:1", "tcp://met:1", "tcp://here:1"]) t.ok(has(address), `${address} stays`);
  t.equal(book.size, 6);
  for (const name of ["a", "b"]) t.ok(book.learn(`tcp://operator-${name}:1`, "operator"));
  t.equal(book.learn("tcp://too-late:1", "exchange"), undefined, "who was met does not go for hearsay");
  t.ok(has("tcp://met:1"));
  t.ok(book.learn("tcp://operator-c:1", "operator"), "but for the operator's word");
  t.notOk(has("tcp://met:1"));
  t.ok(has("tcp://here:1"), "who is connected stays");
  t.equal(book.learn("tcp://operator-d:1", "operator"), undefined, "full of what was named");
  t.equal(book.size, 6);
  t.ok(book.learn("tcp://config-2:1", "config", true), "what the config names is always there");
});

t.test("records of identities are bounded", async (t) => {
  const made = await shelf();
  const book = await made.book(10);
  book.learn("tcp://a:1", "config");
  book.met(nodeIdOf(1), "tcp://a:1");
  book.connected(nodeIdOf(1));
  book.reward(nodeIdOf(1), "block");
  book.offend(nodeIdOf(2), "violation", "SYNC_TEST");
  for (let number = 100; number < 300; number++) {
    book.connected(nodeIdOf(number));
    await made.time.pass(1);
  }
  t.equal(book.score(nodeIdOf(1)), 56_000, "whose address is known");
  t.equal(book.score(nodeIdOf(2)), 40_000, "who broke rules");
  t.equal(book.score(nodeIdOf(100)), 50_000, "forgotten");
  t.equal(book.score(nodeIdOf(299)), 55_000);
  await book.close();
  const put = made.writes.flatMap(({ operations }) => operations).filter(({ type }) => type === "put").length;
  t.ok(put < 30, `${put} records`);
});

t.test("addresses are parsed once, and mean the same to everybody", async (t) => {
  t.same(parseAddress("tcp://Example.ORG:30303"), { scheme: "tcp", host: "example.org", port: 30_303 });
  t.same(parseAddress("tcp://[2001:DB8::1]:1"), { scheme: "tcp", host: "2001:db8::1", port: 1 });
  t.same(parseAddress("tcp://10.0.0.1"), { scheme: "tcp", host: "10.0.0.1" });
  t.same(parseAddress("p2p://Key/of:some/kind"), { scheme: "p2p", host: "key/of:some/kind" });
  for (const text of [
    "",
    "tcp://",
    "tcp:host",
    "TCP://host:1",
    "tcp://host:65536",
    "tcp://ho st:1",
    `tcp://${"x".repeat(250)}`,
    "tcp://hö:1",
  ])
    t.equal(parseAddress(text), undefined, text.slice(0, 20));
  t.equal(hostOf("tcp://[::1]:9"), "tcp://[::1]");
  const reaches = {
    loopback: ["127.0.0.1", "127.255.0.1", "::1", "localhost", "::ffff:127.0.0.1"],
    private: [
      "10.1.2.3",
      "192.168.0.1",
      "172.16.0.1",
      "172.31.255.1",
      "169.254.1.1",
      "100.64.0.1",
      "fd00::1",
      "fe80::1",
      "::ffff:10.0.0.1",
    ],
    public: ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:db8::1", "example.org", "10.example.org"],
  };
  for (const [reach, hosts] of Object.entries(reaches)) for (const host of hosts) t.equal(reachOf(host), reach, host);
});

t.test("told addresses never lead closer than who tells them", async (t) => {
  const table: readonly (readonly [told: string, from: string, listens: boolean, expected: string | undefined])[] = [
    ["tcp://8.8.8.8:1", "tcp://9.9.9.9:5", false, "tcp://8.8.8.8:1"],
    ["tcp://10.0.0.1:1", "tcp://9.9.9.9:5", false, undefined],
    ["tcp://127.0.0.1:1", "tcp://9.9.9.9:5", true, undefined],
    ["tcp://127.0.0.1:1", "tcp://10.0.0.9:5", false, undefined],
    ["tcp://10.0.0.1:1", "tcp://10.0.0.9:5", false, "tcp://10.0.0.1:1"],
    ["tcp://10.0.0.1:1", "tcp://127.0.0.1:5", false, "tcp://10.0.0.1:1"],
    ["tcp://127.0.0.1:1", "tcp://127.0.0.1:5", false, "tcp://127.0.0.1:1"],
    ["tcp://0.0.0.0:1", "tcp://9.9.9.9:5", true, "tcp://9.9.9.9:1"],
    ["tcp://[::]:1", "tcp://[2001:db8::1]:5", true, "tcp://[2001:db8::1]:1"],
    ["tcp://0.0.0.0:1", "tcp://9.9.9.9:5", false, undefined],
    ["other://0.0.0.0:1", "tcp://9.9.9.9:5", true, undefined],
    ["tcp://8.8.8.8:0", "tcp://9.9.9.9:5", true, undefined],
    ["nonsense", "tcp://9.9.9.9:5", true, undefined],
    ["memory://a", "memory://b", true, "memory://a"],
  ];
  for (const [told, from, listens, expected] of table) t.equal(addressFromPeer(told, from, listens), expected, `${told} from ${from}`);
});
