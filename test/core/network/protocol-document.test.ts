/** core/network/PROTOCOL.md says what the code does: fields, limits, rates, options, codes, offences, constants and examples. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { CHANNEL_OF, channelSpecs, FIRST_ENGINE_CHANNEL } from "../../../core/network/channels.js";
import { DEFAULT_NETWORK_OPTIONS } from "../../../core/network/options.js";
import { senderLimits } from "../../../core/network/session/channel-limits.js";
import { forkIdAt } from "../../../core/network/session/fork-id.js";
import { helloPreimage, PROTOCOL_VERSIONS } from "../../../core/network/session/hello.js";
import { WireCodec } from "../../../core/network/wire/codec.js";
import { WIRE_LIMITS } from "../../../core/network/wire/limits.js";
import type { WireMessage } from "../../../core/network/wire/messages.js";
import { type Bytes, fromHex, toHex } from "../../../core/primitives/bytes.js";
import type { Hash } from "../../../core/primitives/hash.js";
import { generateSecretKey, publicKeyOf, signMessage } from "../../../core/primitives/signing.js";
import { TransportTcpConfig } from "../../../plugins/transport-tcp/config.js";
import { FRAGMENT_BYTES, GOODBYE_BYTES_MAX } from "../../../plugins/transport-tcp/frame.js";
import { ALPN } from "../../../plugins/transport-tcp/tls/contexts.js";
import { ROOT } from "../../functional/node-process.js";
import { MESSAGES } from "./wire/messages.js";

/** Without the blanks that align its tables. */
const document = (await readFile(new URL("core/network/PROTOCOL.md", ROOT), "utf8")).replace(/^\|.*\|$/gm, (row) =>
  row.replace(/ +/g, " "),
);
const schema = await readFile(new URL("proto/network.proto", ROOT), "utf8");

const prose = document.replace(/\s+/g, " ");
const plain = (cell: string) => cell.replaceAll("`", "");
const numberOf = (text: string) => Number(text.replaceAll(",", ""));
const grouped = (value: number) => value.toLocaleString("en-US");

/** Cells of the table that follows `marker`, without its head. */
function tableAfter(marker: string): readonly (readonly string[])[] {
  const at = document.indexOf(marker);
  if (at < 0) throw new Error(`the document has no "${marker}"`);
  const lines = document.slice(at).split("\n");
  const first = lines.findIndex((line) => line.startsWith("|"));
  const rows: string[][] = [];
  for (let index = first + 2; lines[index]?.startsWith("|"); index++) {
    const line = lines[index] as string;
    rows.push(
      line
        .slice(1, line.lastIndexOf("|"))
        .split("|")
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

/** Text of a section up to the next heading of the same or a higher level. */
function section(heading: string): string {
  const at = document.indexOf(`\n${heading}\n`);
  if (at < 0) throw new Error(`the document has no section "${heading}"`);
  const level = heading.split(" ", 1)[0]?.length ?? 0;
  const rest = document.slice(at + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level}} `, "m"));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Fields of each message of the schema: "number name", with "repeated" where it is. */
const declared = new Map(
  [...schema.matchAll(/^message (\w+) \{(?:\}|\n([\s\S]*?)^\})/gm)].map(([, name = "", body = ""]) => [
    name,
    [...body.matchAll(/^ {2}(repeated )?\w+ (\w+) = (\d+);/gm)].map(([, repeated, field, number]) => ({
      field,
      number,
      repeated: repeated !== undefined,
    })),
  ]),
);

t.test("each message has its heading, channel and fields as in the schema", async (t) => {
  const names = [...declared.keys()].filter((name) => !name.endsWith("Envelope"));
  t.ok(names.length >= 17, `${names.length} messages`);
  for (const name of names) {
    const fields = declared.get(name) ?? [];
    if (fields.length === 0) {
      t.match(document, new RegExp(`\\(${name}, channel \\d+\\)\\n\\nNo fields\\.`), name);
      continue;
    }
    const marker = new RegExp(`^(?:###.*[(, ]${name}, .*channel \\d+\\)|\\*\\*${name}\\*\\*.*)$`, "m").exec(document)?.[0];
    t.ok(marker, `${name} has a marker`);
    const rows = tableAfter(marker as string).map(([number, field, type]) => ({ field, number, repeated: type?.startsWith("repeated") }));
    t.strictSame(rows, fields, name);
  }
  for (const { type } of MESSAGES) {
    const heading = document.split("\n").find((line) => line.startsWith("### ") && line.includes(`\`${type}\``));
    t.match(heading ?? "", new RegExp(`channel ${CHANNEL_OF[type]}\\)`), `${type} names its channel`);
  }
});

t.test("limits of fields", async (t) => {
  const limits: readonly (readonly [message: string, field: string, limit: number])[] = [
    ["(Hello,", "listen_addresses", WIRE_LIMITS.helloAddresses],
    ["(Hello,", "agent", WIRE_LIMITS.agentBytes],
    ["**HeadClaim**", "weight", WIRE_LIMITS.weightBytes],
    ["(Peers,", "addresses", WIRE_LIMITS.exchangedAddresses],
    ["(BlockAnnouncement,", "blocks", WIRE_LIMITS.announcedBlocks],
    ["(BlocksRequest,", "ids", WIRE_LIMITS.blockIds],
    ["(BlockResponse,", "certificate", WIRE_LIMITS.certificateBytes],
    ["(TransactionAnnouncement,", "hashes", WIRE_LIMITS.transactions],
    ["(TransactionsRequest,", "hashes", WIRE_LIMITS.transactions],
    ["(Transactions,", "transactions", WIRE_LIMITS.transactions],
    ["(HeadersRequest,", "locator", WIRE_LIMITS.locatorIds],
    ["(Headers,", "headers", WIRE_LIMITS.headers],
  ];
  for (const [message, field, limit] of limits) {
    const row = tableAfter(message).find(([, name]) => name === field);
    t.match(row?.[3] ?? "", new RegExp(`at most ${grouped(limit)}(?!\\d)`), `${message} ${field}`);
  }
  t.match(tableAfter("(HeadersRequest,")[3]?.[3] ?? "", `1 to ${grouped(WIRE_LIMITS.headers)}`);
  t.match(tableAfter("(Headers,")[1]?.[3] ?? "", `1 to ${grouped(WIRE_LIMITS.headerBytes)} bytes`);
  t.match(tableAfter("(Certificate,")[1]?.[3] ?? "", `1 to ${grouped(WIRE_LIMITS.certificateBytes)}`);
  t.match(prose, `at most ${WIRE_LIMITS.unknownFields} of them and ${grouped(WIRE_LIMITS.unknownBytes)} bytes`);
  t.match(prose, `_address_ 1 to ${WIRE_LIMITS.addressBytes} characters`);
  t.match(prose, `This page is version ${PROTOCOL_VERSIONS.max}.`);
});

const B = 1_000_000;
const T = 1_000;

t.test("channels: messages, limits, priorities", async (t) => {
  const rows = tableAfter("| channel | name |");
  for (const { number, maxMessageBytes, priority } of channelSpecs({ blockBytes: B, transactionBytes: T }, [])) {
    const [, , envelope = "", messages = "", limit = "", rank] = rows.find(([channel]) => channel === String(number)) ?? [];
    const largest = { 5: B + 69_632, 6: Math.max(262_144, T + 69_632) }[number] ?? numberOf(limit);
    t.equal(largest, maxMessageBytes, `limit of channel ${number}`);
    t.equal(Number(rank), priority, `priority of channel ${number}`);
    t.strictSame(
      [...messages.matchAll(/`([a-z-]+)`/g)].map(([, type]) => type),
      MESSAGES.filter(({ type }) => CHANNEL_OF[type] === number).map(({ type }) => type),
      `messages of channel ${number}`,
    );
    t.ok(declared.has(envelope), `${envelope} is in the schema`);
  }
  const huge = channelSpecs({ blockBytes: B, transactionBytes: 10 * B }, [{ name: "votes", maxMessageBytes: 9 }]);
  t.equal(huge.find(({ number }) => number === 6)?.maxMessageBytes, 10 * B + 69_632, "max(…, T + 69,632)");
  const engine = rows.find(([channel]) => channel?.startsWith(`${FIRST_ENGINE_CHANNEL} …`));
  t.equal(Number(engine?.[5]), huge.find(({ number }) => number === FIRST_ENGINE_CHANNEL)?.priority);
});

t.test("rates", async (t) => {
  const rows = tableAfter("| channel | messages/s |");
  // So small that the least burst and rate, which follow from the largest message, play no part.
  for (const channel of [...new Set(Object.values(CHANNEL_OF)), FIRST_ENGINE_CHANNEL]) {
    const row = rows.find(([cell]) => cell === String(channel) || cell?.startsWith(`${channel} …`)) ?? [];
    const limits = senderLimits({ number: channel, maxMessageBytes: channel === 0 ? 4_096 : 1, priority: 0 });
    const said = row.slice(1).map((cell) => numberOf(cell));
    t.strictSame(said, [limits.messagesPerSecond, limits.messages, limits.bytesPerSecond, limits.bytes], `channel ${channel}`);
  }
  const large = senderLimits({ number: 5, maxMessageBytes: 2 ** 30, priority: 0 });
  t.equal(large.bytes, 4 * 2 ** 30, "a burst is never less than four of the largest messages");
  t.equal(large.bytesPerSecond, 2 ** 30, "a rate is never less than one of them");
});

t.test("defaults", async (t) => {
  const options = new Map<string, unknown>(Object.entries(DEFAULT_NETWORK_OPTIONS));
  const found = [...prose.matchAll(/([\d,]+)(?: ms| bytes)? \(\*\*default\*\*, `(\w+)`\)/g)];
  t.ok(found.length >= 9, `${found.length} defaults`);
  for (const [, value = "", name = ""] of found) t.equal(numberOf(value), options.get(name), name);
  const { maxInbound, maxOutbound, score } = DEFAULT_NETWORK_OPTIONS;
  t.match(
    prose,
    `at most ${maxInbound} peers that dialed it and ${maxOutbound} that it dialed (**defaults**, \`maxInbound\`, \`maxOutbound\`)`,
  );
  for (const [, points = "", option = ""] of tableAfter("| deed | points |"))
    t.equal(Number(points.replace("−", "-")) * 1_000, score[plain(option) as keyof typeof score], option);
  t.match(prose, `0 to 100 in milli-points, beginning at ${score.initial / 1_000}.`);
  t.match(prose, `Below ${score.dialMinimum / 1_000} an address is not dialed`);
  t.equal(score.violationsToBan, 5, "Five violations ban …");
  t.equal(score.banMs, 24 * 3_600_000, "… for 24 hours");
});

/** Source of core/network, by path below it. */
async function sources(): Promise<Map<string, string>> {
  const folder = new URL("core/network/", ROOT);
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".ts"));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(new URL(path, folder), "utf8")] as const)));
}

t.test("codes: all that the code has and no others, each with its offence", async (t) => {
  const files = await sources();
  const inCode = new Set<string>();
  /** "CloseCode.flood" → "NETWORK_FLOOD". */
  const names = new Map<string, string>();
  for (const text of files.values()) {
    // Codes as values; a pattern of them is none.
    for (const [, code = ""] of text.matchAll(/"((?:WIRE|NETWORK|GOSSIP|SYNC|NODE|CHECKPOINT|SNAPSHOT)_[A-Z_]+)"/g)) inCode.add(code);
    for (const [, object = "", body = ""] of text.matchAll(/^export const (\w+) = \{\n([\s\S]*?)^\} as const;/gm))
      for (const [, key, code = ""] of body.matchAll(/^ {2}(\w+): "([A-Z_]+)",$/gm)) names.set(`${object}.${key}`, code);
  }
  t.ok(inCode.size > 50 && names.size > 40, `${inCode.size} codes`);
  const codes = section("## 15. Codes");
  const rows = new Map(
    [...codes.matchAll(/^\| `([A-Z_]+)` \|([^|]*)\|/gm)].map(([, code = "", second = ""]) => [code, second.trim()] as const),
  );
  for (const [, code = ""] of codes.matchAll(/`(WIRE_[A-Z_]+)`/g)) rows.set(code, "");
  t.strictSame([...rows.keys()].sort(), [...inCode].sort(), "the tables of section 15 have every code");
  for (const [, code = ""] of document.matchAll(/`((?:WIRE|NETWORK|GOSSIP|SYNC|NODE|CHECKPOINT|SNAPSHOT)_[A-Z_]+)`/g))
    t.ok(inCode.has(code), `${code} exists`);

  const offences = new Map<string, Set<string>>();
  for (const text of files.values())
    for (const [, offence = "", name = ""] of text.matchAll(/offend(?:ed)?\(\s*"(failure|invalid|violation)",\s*(\w+\.\w+)/g)) {
      const code = names.get(name);
      t.ok(code, `${name} is a code`);
      offences.set(code ?? "", (offences.get(code ?? "") ?? new Set()).add(offence));
    }
  t.ok(offences.size > 20, `${offences.size} codes are offences`);
  for (const [code, found] of offences) for (const offence of found) t.match(rows.get(code) ?? "", offence, `${code} is a ${offence}`);
  // Faults of the link: session.ts makes each a violation; gossip's verdicts choose the offence themselves.
  const byOtherWays = new Set(["NETWORK_FLOOD", "GOSSIP_INVALID_BLOCK", "GOSSIP_INVALID_TRANSACTION"]);
  for (const [code, said] of rows)
    if (/^(failure|invalid|violation)/.test(said)) t.ok(offences.has(code) || byOtherWays.has(code), `${code} is an offence in the code`);
});

/** Value of a constant that is a product of numbers and other constants of the same file. */
function constantOf(text: string, name: string): number {
  const expression = new RegExp(`(?:const ${name} = |^ {2}${name}: )([\\w *]+)[;,]`, "m").exec(text)?.[1] ?? "NaN";
  const factors = expression.split("*").map((factor) => factor.trim());
  return factors.reduce(
    (product, factor) => product * (/^[A-Z]/.test(factor) ? constantOf(text, factor) : Number(factor.replaceAll("_", ""))),
    1,
  );
}

t.test("constants", async (t) => {
  const files = await sources();
  const rows = tableAfter("## 19.");
  t.ok(rows.length >= 20, `${rows.length} constants`);
  for (const [name = "", value = "", path = ""] of rows)
    t.equal(constantOf(files.get(join(plain(path))) ?? "", plain(name)), numberOf(value), `${name} of ${path}`);
});

t.test("transport-tcp: codes and times", async (t) => {
  const codes = await readFile(new URL("plugins/transport-tcp/errors.ts", ROOT), "utf8");
  const refusals = await readFile(new URL("plugins/transport-tcp/tls/refusals.ts", ROOT), "utf8");
  const inCode = [
    ...[...codes.matchAll(/^ {2}\w+: "(TRANSPORT_\w+)",$/gm)].map(([, code]) => code),
    ...[...refusals.matchAll(/^ {2}(TRANSPORT_TLS_\w+): /gm)].map(([, code]) => code),
  ];
  t.ok(inCode.length > 30, `${inCode.length} codes`);
  const text = section("## 2. Transport over TCP");
  const said = [...text.matchAll(/^\|((?: `TRANSPORT_\w+`)+) \|/gm)].flatMap(([, cell = ""]) => plain(cell).trim().split(" "));
  t.strictSame(said.sort(), inCode.sort());
  const config = { ...TransportTcpConfig.properties.timeouts.properties };
  const times = tableAfter("| option | ms | for |").map(([option = "", value = ""]) => [option, numberOf(value)]);
  t.strictSame(
    times,
    Object.entries(config).map(([option, schema]) => [option, (schema as { default?: unknown }).default]),
  );
  t.match(text, `\`${ALPN}\``);
  t.match(text, `up to ${grouped(FRAGMENT_BYTES)} bytes is one`);
  t.match(text, `at most ${GOODBYE_BYTES_MAX} bytes of UTF-8`);
});

const h = (value: number) => new Uint8Array(32).fill(value) as Hash;
const claim = { id: h(3), height: 1_000, weight: 2n ** 70n, finalizedHeight: 990 };

/** What section 18 shows, in its order. */
const EXAMPLES: readonly WireMessage[] = [
  {
    type: "hello",
    minVersion: 1,
    maxVersion: 1,
    chainId: "test-1",
    genesisId: h(1),
    forkHash: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    nextUpgradeHeight: 2_000,
    nodeId: h(2),
    role: "dialer",
    head: claim,
    services: 1,
    listenAddresses: ["tcp://192.0.2.1:30303"],
    agent: "chainwright/0.1.0",
    signature: new Uint8Array(64).fill(4),
  },
  { type: "ping", nonce: 7 },
  { type: "pong", nonce: 7 },
  { type: "status", head: claim },
  { type: "peers-request" },
  { type: "peers", addresses: ["tcp://192.0.2.1:30303", "tcp://[2001:db8::1]:30303"] },
  { type: "block-announcement", blocks: [{ id: h(3), height: 1_000 }] },
  { type: "certificate", blockId: h(3), certificate: Uint8Array.of(1, 2, 3) },
  { type: "headers-request", requestId: 9, locator: [h(3), h(1)], stop: h(5), count: 2_000 },
  { type: "headers", requestId: 9, headers: [Uint8Array.of(1), Uint8Array.of(2, 2)] },
  { type: "blocks-request", requestId: 10, ids: [h(5), h(6)] },
  { type: "block-response", requestId: 10, id: h(5), block: Uint8Array.of(1, 2, 3), certificate: new Uint8Array(0) },
  { type: "transaction-announcement", hashes: [h(5), h(6)] },
  { type: "transactions-request", requestId: 11, hashes: [h(5)] },
  { type: "transactions", requestId: 11, transactions: [Uint8Array.of(1, 2, 3)], more: true },
  { type: "header-range-request", requestId: 12, anchor: h(5), from: 1, count: 2_000 },
  { type: "header-range", requestId: 12, headers: [Uint8Array.of(1), Uint8Array.of(2, 2)] },
  { type: "snapshots-request", requestId: 13 },
  {
    type: "snapshots",
    requestId: 13,
    offers: [{ manifestHash: h(13), id: h(5), height: 1_000, manifestBytes: 2_000, chunks: 3, chunkBytes: 600_000 }],
  },
  { type: "snapshot-manifest-request", requestId: 14, manifestHash: h(13), offset: 1_048_576 },
  { type: "snapshot-manifest", requestId: 14, part: Uint8Array.of(1, 2, 3) },
  { type: "snapshot-chunk-request", requestId: 15, manifestHash: h(13), index: 2 },
  { type: "snapshot-chunk", requestId: 15, proof: Uint8Array.of(1, 2, 3) },
];

t.test("examples", async (t) => {
  const codec = new WireCodec({ blockBytes: B, transactionBytes: T }, []);
  const shown = tableAfter("| message | content | envelope |").map(([type = "", , hex = ""]) => [plain(type), plain(hex)]);
  const made = EXAMPLES.map((message) => [message.type, toHex(codec.encodeMessage(message).bytes)]);
  t.strictSame(shown, made);
  for (const [index, message] of EXAMPLES.entries()) {
    const bytes = fromHex(shown[index]?.[1] ?? "") as Bytes;
    t.strictSame(codec.decodeMessage(codec.encodeMessage(message).channel, bytes), message, message.type);
  }
  t.strictSame(EXAMPLES.map(({ type }) => type).sort(), MESSAGES.map(({ type }) => type as string).sort(), "one of each");

  const secretKey = generateSecretKey(h(7));
  const nodeId = publicKeyOf(secretKey);
  const preimage = helloPreimage(h(1), "dialer", nodeId, { value: h(8), ownCertificateHash: h(9), otherCertificateHash: h(10) });
  const text = section("## 18. Examples to check against");
  t.equal(preimage.length, 177);
  for (const [name, value] of [
    ["node id", nodeId],
    ["signed bytes", preimage],
    ["signature", signMessage(secretKey, preimage)],
  ] as const)
    t.ok(text.includes(toHex(value)), `${name}: ${toHex(value)}`);

  const upgrades = [
    { height: 10, hash: h(11) },
    { height: 20, hash: h(12) },
  ];
  const hashes = [9, 10, 20].map((height) => toHex(forkIdAt(h(1), upgrades, height).hash));
  t.match(text.replace(/\s+/g, " "), `Before any: \`${hashes[0]}\`; from height 10: \`${hashes[1]}\`; from height 20: \`${hashes[2]}\`.`);
});

t.test("links within the document lead somewhere", async (t) => {
  const anchors = [...document.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, "")
      .replaceAll(" ", "-"),
  );
  for (const [, anchor = ""] of document.matchAll(/\]\(#([^)]+)\)/g)) t.ok(anchors.includes(anchor), `#${anchor}`);
});
