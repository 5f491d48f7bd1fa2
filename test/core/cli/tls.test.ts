/** `chainwright tls …` as people use it: an authority, a node, a renewal, a look at what is there. */
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { isEncryptedKey, openPrivateKey } from "../../../core/certificates/index.js";
import { exitCodeOf } from "../../../core/cli/exit-codes.js";
import { Output } from "../../../core/cli/output.js";
import { buildProgram } from "../../../core/cli/program.js";
import { ChainwrightError } from "../../../core/kernel/errors.js";
import * as vectors from "../certificates/openssl-vectors.js";

interface Result {
  readonly exitCode: number;
  readonly text: string;
  readonly code?: string;
  /** Of the error; else empty. */
  readonly message: string;
}

/** Runs a command in this process, as main.ts does. */
async function tls(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Result> {
  let text = "";
  const stream = { write: (written: string) => (text += written) };
  const program = buildProgram({ output: new Output(stream, stream, {}), environment });
  try {
    return { exitCode: await program.run(["tls", ...argv]), text, message: "" };
  } catch (thrown) {
    if (!ChainwrightError.is(thrown)) throw thrown;
    return { exitCode: exitCodeOf(thrown), text, code: thrown.code, message: thrown.message };
  }
}

interface Shown {
  readonly file: string;
  readonly certificates: readonly {
    readonly nodeIds: readonly string[];
    readonly serial: string;
    readonly verdict?: string;
    readonly daysLeft: number;
  }[];
}

const shown = ({ text }: Result): readonly Shown[] => JSON.parse(text) as readonly Shown[];

t.test("from an authority to a renewed certificate", async (t) => {
  const directory = t.testdir({ secret: "correct horse\n", "node-secret": "battery\n" });
  const at = (...segments: string[]) => join(directory, ...segments);
  const secret = ["--passphrase-file", at("secret")];

  const made = await tls(["init-ca", "--dir", at("ca"), "--name", "my-network", "--bits", "2048", ...secret]);
  t.equal(made.exitCode, 0, made.message);
  t.match(made.text, /CN=my-network[\s\S]*authority +yes[\s\S]*Next: chainwright tls issue/);
  t.ok(isEncryptedKey(await readFile(at("ca", "ca-key.pem"), "utf8")));
  const kept = await readFile(at("ca", "ca-key.pem"), "utf8");
  t.match(await tls(["init-ca", "--dir", at("ca"), "--no-passphrase", "--bits", "2048"]), { exitCode: 4, code: "CERTIFICATE_EXISTS" });
  t.equal(await readFile(at("ca", "ca-key.pem"), "utf8"), kept, "an authority is never replaced");

  const issued = await tls(["issue", "--ca", at("ca"), "--data-dir", at("data"), "--json", ...secret]);
  t.equal(issued.exitCode, 0, issued.message);
  const [certificate] = shown(issued)[0]?.certificates ?? [];
  t.match(certificate, { verdict: "trusted", daysLeft: 364 });
  const nodeId = certificate?.nodeIds[0];
  t.equal((await stat(at("data", "node.key"))).mode & 0o777, 0o600, "the node's identity was made");
  t.equal((await stat(at("data"))).mode & 0o777, 0o700);
  t.same((await readdir(at("data", "tls"))).sort(), ["ca.pem", "certificate.pem", "key.pem"]);
  t.match(await tls(["issue", "--ca", at("ca"), "--data-dir", at("data"), ...secret]), { exitCode: 4, message: /tls rotate/ });

  const environment = { CHAINWRIGHT_PASSPHRASE: "correct horse" };
  const renewed = await tls(["rotate", "--ca", at("ca"), "--data-dir", at("data"), "--days", "10", "--json"], environment);
  t.equal(renewed.exitCode, 0, renewed.message);
  const [next] = shown(renewed)[0]?.certificates ?? [];
  t.match(next, { nodeIds: [nodeId], verdict: "trusted", daysLeft: 9 });
  t.not(next?.serial, certificate?.serial);
  t.same((await readdir(at("data", "tls"))).length, 5, "the pair before is kept");

  const encrypted = ["--key-passphrase-file", at("node-secret")];
  t.equal((await tls(["issue", "--ca", at("ca"), "--node-id", "AB".repeat(32), "--out", at("b"), ...secret, ...encrypted])).exitCode, 0);
  const key = await readFile(at("b", "key.pem"), "utf8");
  t.ok(await openPrivateKey(key, { what: "key", passphrase: "battery" }));
  t.match(await tls(["rotate", "--ca", at("ca"), "--out", at("b"), ...secret]), { exitCode: 6, message: /--key-passphrase-file/ });

  const all = await tls(["inspect", at("data", "tls", "certificate.pem"), at("b", "certificate.pem"), "--ca", at("ca", "ca.pem")]);
  t.equal(all.exitCode, 0);
  t.match(all.text, /9 days left[\s\S]*verdict +trusted[\s\S]*node id +(ab){32}/);

  await writeFile(at("data", "tls", "ca.pem"), vectors.ecAuthority.certificate);
  const other = await tls(["rotate", "--ca", at("ca"), "--data-dir", at("data")], environment);
  t.match(other, { exitCode: 4, code: "CERTIFICATE_OTHER_AUTHORITY" }, "its peers would refuse it");
});

t.test("inspect: certificates of any kind; exit code 1 for what is no good", async (t) => {
  const directory = t.testdir({
    "node.pem": vectors.below.certificate + vectors.intermediate.certificate,
    "ed.pem": vectors.edNode.certificate,
    "ca.pem": vectors.ecAuthority.certificate,
    "weak.pem": vectors.weak.certificate,
    "none.pem": "none",
  });
  const at = (name: string) => join(directory, name);
  t.match(await tls(["inspect", at("ed.pem"), at("node.pem")]), { exitCode: 0, text: /key +Ed25519[\s\S]*EC-prime256v1/ });
  const json = shown(await tls(["inspect", at("node.pem"), at("ed.pem"), "--ca", at("ca.pem"), "--json"]));
  t.same(
    json.map(({ certificates }) => certificates.map(({ verdict }) => verdict)),
    [["trusted", undefined], ["trusted"]],
  );
  t.match(await tls(["inspect", at("weak.pem"), "--ca", at("ca.pem")]), { exitCode: 1, text: /verdict +self-signed/ });
  t.match(await tls(["inspect", at("ed.pem"), at("weak.pem"), "--ca", at("weak.pem")]), { exitCode: 1, text: /unknown-authority/ });
  t.match(await tls(["inspect", at("absent.pem")]), { exitCode: 3, code: "CERTIFICATE_MISSING" });
  t.match(await tls(["inspect", at("none.pem")]), { exitCode: 2, code: "CERTIFICATE_UNREADABLE" });
});

t.test("a node's id is there before the node is, and stays", async (t) => {
  const dataDir = join(t.testdir(), "node");
  const first = await tls(["node-id", "--data-dir", dataDir]);
  t.match(first, { exitCode: 0, text: /^[0-9a-f]{64}\n$/ });
  t.same(JSON.parse((await tls(["node-id", "--data-dir", dataDir, "--json"])).text), { nodeId: first.text.trim() });
});

t.test("what is wrong is said before anything is made", async (t) => {
  const directory = t.testdir({ secret: "", "self-signed": { "certificate.pem": vectors.nameless.certificate } });
  const ca = ["--ca", join(directory, "ca")];
  const out = ["--out", join(directory, "out")];
  for (const [argv, code] of [
    [["init-ca", "--dir", directory, "--no-passphrase", "--passphrase-file", "x"], "CLI_USAGE"],
    [["init-ca", "--dir", directory, "--passphrase-file", join(directory, "secret")], "CLI_USAGE"],
    [["init-ca", "--dir", directory, "--no-passphrase", "--days", "soon"], "CERTIFICATE_VALUE"],
    [["init-ca", "--dir", directory, "--no-passphrase", "--name", ""], "CERTIFICATE_VALUE"],
    [["issue", ...ca, ...out, "--node-id", "ab"], "CERTIFICATE_MISSING"],
    [["issue", ...ca], "CLI_USAGE"],
    [["rotate", ...ca], "CLI_USAGE"],
    [["rotate", ...ca, ...out], "CERTIFICATE_MISSING"],
    [["rotate", ...ca, "--out", join(directory, "self-signed")], "CERTIFICATE_MISSING"],
  ] as const)
    t.match(await tls(argv), { code }, argv.join(" "));
  t.same((await readdir(directory)).sort(), ["secret", "self-signed"]);
});
