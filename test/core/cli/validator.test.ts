/** `chainwright validator` towards a keystore and a node that is played: what it signs, shows and refuses. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { blsPossessionSet, blsVerify } from "../../../core/bls/index.js";
import { statusTable, summary } from "../../../core/cli/devnet-screen.js";
import { exitCodeOf } from "../../../core/cli/exit-codes.js";
import { Output } from "../../../core/cli/output.js";
import { buildProgram } from "../../../core/cli/program.js";
import { devAddress } from "../../../core/devnet/dev-accounts.js";
import type { DevnetStatus } from "../../../core/devnet/index.js";
import { devValidator } from "../../../core/node/dev-validators.js";
import { decodeAccountTransaction } from "../../../core/primitives/account-transaction.js";
import { Address } from "../../../core/primitives/address.js";
import { fromHex, toHex } from "../../../core/primitives/bytes.js";
import { chainHashOf, decodeTransaction } from "../../../core/primitives/transaction-codec.js";
import { decodeValidatorOperation } from "../../../core/primitives/validator-operations.js";

const VALIDATOR = {
  index: 3,
  publicKey: toHex(devValidator(4).publicKey),
  status: "active_ongoing",
  balance: "32000000123",
  effectiveBalance: "32000000000",
  activationEpoch: 0,
  exitEpoch: null,
};
const OWN = {
  index: 3,
  effectivenessMilli: 987,
  proposals: { made: 5, missed: 1 },
  votes: { due: 9 },
  inclusionDistance: { sum: 10, count: 8 },
};
const ANSWERS: Readonly<Record<string, object>> = {
  "/v1/status": { addressPrefix: "cw", chainId: "test", limits: { feeFloorPerByte: 1 } },
  "/v1/gasper/performance": { validators: [], next: 1_000 },
  "/v1/gasper/performance?offset=1000&limit=1000": { validators: [OWN], next: null },
  "/v1/gasper/validators": { validators: [VALIDATOR, { ...VALIDATOR, index: 4 }], next: 5 },
  "/v1/gasper/validators/3": { validator: VALIDATOR },
  [`/v1/gasper/validators/${VALIDATOR.publicKey}`]: { validator: VALIDATOR },
  [`/v1/accounts/${devAddress("alice")}`]: { pendingNonce: 7 },
  "/v1/transactions": { id: "ab".repeat(32), standing: "ready" },
};

const asked: string[] = [];
let submitted = "";
const server = createServer((request, response) => {
  const url = request.url ?? "";
  asked.push(url);
  request.setEncoding("utf8").on("data", (text: string) => {
    submitted = String((JSON.parse(text) as { raw: string }).raw);
  });
  const answer = ANSWERS[url] ?? ANSWERS[url.split("?", 1)[0] ?? ""];
  request.on("end", () => {
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { code: "NO_SUCH_THING", detail: "there is none" }));
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
t.teardown(() => server.close());
const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const keys = t.testdir();

async function command(...argv: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = "";
  const stream = { write: (written: string) => (text += written) };
  const output = new Output(stream, stream, {});
  const environment = { CHAINWRIGHT_API: api, CHAINWRIGHT_KEYS: keys, CHAINWRIGHT_PASSPHRASE: "secret" };
  asked.length = 0;
  submitted = "";
  try {
    return { code: await buildProgram({ output, environment }).run(["validator", ...argv]), text };
  } catch (error) {
    output.error(error, false);
    return { code: exitCodeOf(error), text };
  }
}

/** What was submitted last, as the chain reads it. */
function operation() {
  const chainHash = chainHashOf("test");
  const { body } = decodeTransaction(fromHex(submitted) ?? new Uint8Array(0), chainHash, { transactionBytes: 4_096, authorizations: 1 });
  const transaction = decodeAccountTransaction(body);
  return { ...transaction, operation: decodeValidatorOperation(transaction.operation) };
}

t.test("keys are made, shown, and fit into a chain spec", async (t) => {
  const made = await command("create", "--count", "2", "--account", "dev:bob", "--json");
  t.equal(made.code, 0);
  const { name, validators } = JSON.parse(made.text) as {
    readonly name: string;
    readonly validators: readonly { readonly publicKey: string; readonly proofOfPossession: string; readonly account: string }[];
  };
  t.equal(name, "validators");
  t.equal(validators.length, 2);
  for (const { publicKey, proofOfPossession, account } of validators) {
    t.equal(account, devAddress("bob"));
    t.ok(blsVerify(blsPossessionSet(fromHex(publicKey) ?? new Uint8Array(0), fromHex(proofOfPossession) ?? new Uint8Array(0))));
  }
  t.same(JSON.parse((await command("show", "validators", "--account", "dev:bob", "--json")).text), { name, validators }, "the same again");
  t.match((await command("show", "dev:validators/4-5")).text, /dev:validators\/4\n.*public key.*\n.*proof.*\ndev:validators\/5\n/);
  t.match(await command("create"), { code: 4, text: /KEYSTORE_KEY_EXISTS/ });
  for (const count of ["0", "1025", "many"]) t.match(await command("create", "--name", "more", "--count", count), { code: 2 }, count);
  t.match(await command("show", "nothing"), { code: 3, text: /KEYSTORE_KEY_MISSING/ });
  t.match(await command("show", "dev:validators/5-4"), { code: 2, text: /NODE_DEV_VALIDATORS/ });
});

t.test("operations are signed and sent", async (t) => {
  const from = ["--from", "dev:alice", "--no-wait"];
  t.match(await command("deposit", ...from, "--key", "validators#1", "--amount", "32000000000", "--account", "dev:bob", "--json"), {
    code: 0,
  });
  const sent = operation();
  t.match(sent, { module: 2, nonce: 7, operation: { kind: "deposit", amount: 32_000_000_000n } });
  if (sent.operation.kind !== "deposit") throw new Error("it is a deposit");
  const { account = Address.zero, publicKey, proofOfPossession } = sent.operation;
  t.equal(Address.format(account, "cw"), devAddress("bob"));
  t.ok(blsVerify(blsPossessionSet(publicKey, proofOfPossession)));
  t.equal(sent.fee, BigInt(submitted.length / 2), "the least that the chain takes");

  t.match(await command("top-up", ...from, "--validator", "3", "--amount", "5", "--module", "9"), {
    code: 0,
    text: /public key +[0-9a-f]{96}\n/,
  });
  t.match(operation(), { module: 9, operation: { kind: "top-up", amount: 5n } });
  t.equal(toHex(operation().operation.publicKey), VALIDATOR.publicKey, "a number is looked up");
  t.match(await command("exit", ...from, "--validator", VALIDATOR.publicKey), { code: 0 });
  t.equal(operation().operation.kind, "exit");

  const deposit = (...argv: readonly string[]) => command("deposit", ...from, ...argv);
  for (const [text, ...argv] of [
    [/validators names several keys; name one of them, for example validators#0/, "--key", "validators", "--amount", "1"],
    [/dev:validators\/1-2 names several keys; .* dev:validators\/1/, "--key", "dev:validators/1-2", "--amount", "1"],
    [/validators has 2 keys, numbered from 0/, "--key", "validators#2", "--amount", "1"],
    [/--amount 1.5 is not an amount/, "--key", "dev:validators/9", "--amount", "1.5"],
    [/a public key alone proves nothing/, "--key", VALIDATOR.publicKey, "--amount", "1"],
    [/--proof has 192 hex digits/, "--key", VALIDATOR.publicKey, "--proof", "ab", "--amount", "1"],
    [/--module 1/, "--key", "dev:validators/9", "--amount", "1", "--module", "1"],
  ] as const)
    t.match(await deposit(...(argv as readonly string[])), { code: 2, text });
  t.equal(submitted, "", "nothing left this machine");
  t.match(await command("exit", ...from, "--validator", "17"), { code: 3, text: /NO_SUCH_THING/ });
});

t.test("status: the chain's validators, and how those of the node do", async (t) => {
  const { text } = await command("status", "--status", "active_ongoing", "--limit", "2", "--account", "dev:bob");
  t.match(
    text,
    /^index +key .*effectiveness\n3 +[0-9a-f]{16} +active_ongoing +32000000123 +32000000000 +0 +5 +1 +1\.25 +98\.7 %\n4 .* 0\nthere are more: --offset 5\n$/,
  );
  t.ok(asked.includes(`/v1/gasper/validators?offset=0&limit=2&status=active_ongoing&account=${devAddress("bob")}`));
  const own = JSON.parse((await command("status", "--own", "--json")).text);
  t.match(own, { validators: [{ index: 3, performance: { effectivenessMilli: 987 } }], next: null });
  t.match((await command("status", "--validator", "3", "dev:validators/4")).text, /effectiveness\n3 .*\n3 .*\n$/);
  t.match(await command("status", "--own", "--account", "dev:bob"), { code: 2, text: /leave --status and --account out/ });
  t.match(await command("status", "--limit", "1001"), { code: 2 });
});

t.test("a devnet shows finality where its engine has it", async (t) => {
  const node = {
    node: 1,
    state: "running",
    api: "http://x",
    height: 9,
    head: "ab",
    peers: 0,
    pending: 0,
    sync: "synced",
    targetHeight: 9,
  } as const;
  const status = (...nodes: DevnetStatus["nodes"]): DevnetStatus => ({
    directory: "d",
    chainId: "c",
    agreed: true,
    heads: [{ height: 9, head: "ab", nodes: [1] }],
    groups: [[1]],
    nodes,
  });
  t.same(statusTable(status(node))[0], ["node", "height", "head", "peers", "pending", "state", "api"]);
  const final = status({ ...node, justifiedHeight: 7, finalizedHeight: 4 }, { ...node, node: 2 });
  t.same(
    statusTable(final).map((row) => row.slice(0, 4)),
    [
      ["node", "height", "justified", "finalized"],
      ["1", "9", "7", "4"],
      ["2", "9", "", ""],
    ],
  );
  t.match(summary(final), "all agree at height 9 (ab) · finalized to 4 · 2 of 2 run");
  t.notMatch(summary(status(node)), "finalized");
});
