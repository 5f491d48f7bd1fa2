/** Which engine computes, seen from outside: a node under load tells in its status and metrics; one that it can't have stops its start. */
import t, { type Test } from "tap";
import { devAccount } from "../../core/devnet/dev-accounts.js";
import type { EngineKind } from "../../core/ports/compute.js";
import { buildTransfer, leastTransferFee } from "../../core/primitives/account-transaction.js";
import { toHex } from "../../core/primitives/bytes.js";
import { describeAddon } from "../../native/index.js";
import { getJson, NodeProcess, run } from "./node-process.js";

const TRANSFERS = 40;
const HAS_ADDON = !("reason" in describeAddon());

/** Signed once: every node of this test runs the same chain. */
const RAWS = Array.from({ length: TRANSFERS }, (_, nonce) => {
  const transfer = { chainId: "chainwright-dev", from: devAccount("alice").secretKey, to: devAccount("bob").address, amount: 1n, nonce };
  return toHex(buildTransfer({ ...transfer, fee: leastTransferFee(transfer, 1) }));
});

interface Start {
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

function args(dataDirectory: string, { arguments: more = [] }: Start): string[] {
  return ["dev", "--data-dir", dataDirectory, "--port", "0", "--mine", "instant", ...more];
}

/** The value of a metric's only line with these labels. */
function metric(page: string, pattern: RegExp): number {
  return Number(
    page
      .split("\n")
      .find((line) => pattern.test(line))
      ?.split(" ")
      .at(-1),
  );
}

/** Starts a node, has it verify transfers and execute them, and looks at what it says of its engine meanwhile. */
async function tells(t: Test, start: Start, kind: EngineKind): Promise<void> {
  const node = new NodeProcess(args(t.testdir(), start), start.environment);
  t.teardown(() => node.kill("SIGKILL"));
  const api = await node.api();
  const submit = async (raw: string) => {
    const headers = { "content-type": "application/json" };
    return (await fetch(`${api}/v1/transactions`, { method: "POST", headers, body: JSON.stringify({ raw }) })).status;
  };
  const [statuses, busy] = await Promise.all([Promise.all(RAWS.map(submit)), getJson(`${api}/v1/status`)]);
  t.ok(
    statuses.every((status) => status === 202),
    "all transfers are accepted",
  );
  const { compute } = busy as { compute: { kind: string; tiers: Record<string, string>; fallback?: string } };
  t.equal(compute.kind, kind, "status under load names the engine");
  const page = await (await fetch(`${api}/metrics`)).text();
  const { ed25519, sha256, sha512, modular = "none" } = compute.tiers;
  const labels = [`kind="${kind}"`, `ed25519="${ed25519}"`, `sha256="${sha256}"`, `sha512="${sha512}"`, `modular="${modular}"`];
  const info = page.split("\n").find((line) => line.startsWith("chainwright_compute_engine_info{")) ?? "";
  for (const label of labels) t.ok(info.includes(label), `the metric has ${label}`);
  t.equal(
    metric(page, /^chainwright_compute_signatures_total\{.*"valid"/),
    TRANSFERS,
    "each signature was verified once, and not again for its block",
  );
  t.equal(await node.kill("SIGTERM"), 0);
}

t.test("the engine in use, chosen, forced by the environment and by the config", async (t) => {
  const best: EngineKind = HAS_ADDON ? "native" : "wasm";
  const cases: readonly [string, Start, EngineKind][] = [
    ["chosen", {}, best],
    ["CHAINWRIGHT_ENGINE=wasm", { environment: { CHAINWRIGHT_ENGINE: "wasm" } }, "wasm"],
    ["CHAINWRIGHT_ENGINE=js", { environment: { CHAINWRIGHT_ENGINE: "js" } }, "js"],
    ["config", { arguments: ["--set", "compute.engine=js"], environment: { CHAINWRIGHT_ENGINE: "wasm" } }, "js"],
  ];
  await Promise.all(cases.map(([name, start, kind]) => t.test(name, (t) => tells(t, start, kind))));
});

t.test("an engine that is not there ends the start with what to do", async (t) => {
  // As on a machine for which the addon was not built: its file can't be loaded.
  const directory = t.testdir({
    "no-addon.cjs": `const { dlopen } = process;
process.dlopen = (module, file, ...more) => {
  if (file.endsWith("chainwright.node")) throw new Error("wrong machine");
  return dlopen(module, file, ...more);
};`,
  });
  const noAddon = { NODE_OPTIONS: `--require ${directory}/no-addon.cjs` };
  const refusals: readonly [string, Start, RegExp][] = [
    [
      "no addon",
      { arguments: ["--set", "compute.engine=native"], environment: noAddon },
      /the native engine is not available: .*; .*npm.*NATIVE_ENGINE_UNAVAILABLE/,
    ],
    [
      "no such engine",
      { environment: { CHAINWRIGHT_ENGINE: "gpu" } },
      /CHAINWRIGHT_ENGINE=gpu is not understood; it takes auto, native, wasm or js.*NATIVE_SETTING/,
    ],
    ["no such engine in the config", { arguments: ["--set", "compute.engine=gpu"] }, /compute\.engine.*CONFIG_/],
  ];
  await Promise.all(
    refusals.map(async ([name, start, message], index) => {
      const { code, stdout, stderr } = await run(args(`${directory}/${index}`, start), { environment: start.environment ?? {} });
      t.not(code, 0, `${name}: no start`);
      t.match(stdout + stderr, message);
      t.notMatch(stderr, /\n {4}at /, "and no stack");
    }),
  );
});
