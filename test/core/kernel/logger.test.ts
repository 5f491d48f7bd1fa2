import t from "tap";
import { ChainwrightError, defineError } from "../../../core/kernel/errors.js";
import { prettyLine } from "../../../core/kernel/log-line.js";
import { createLogging, type LoggingOptions, levelOf } from "../../../core/kernel/logger.js";
import { createMetrics } from "../../../core/kernel/metrics.js";

const clock = { nowMs: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678), monotonicMs: () => 0 };

function logging(options: Partial<LoggingOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const { loggerFor, flush } = createLogging({ level: "info", components: {}, format: "json", clock, destination, ...options });
  return { loggerFor, flush, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

t.test("levels by component, the longest name wins", (t) => {
  const components = { network: "warn", "network.sync": "trace", chain: "debug" } as const;
  t.equal(levelOf("network.sync.headers", { level: "info", components }), "trace");
  t.equal(levelOf("network.gossip", { level: "info", components }), "warn");
  t.equal(levelOf("networking", { level: "info", components }), "info");
  t.equal(levelOf("toString", { level: "info", components }), "info");
  const { loggerFor, entries } = logging({ components });
  loggerFor("chain").debug({ height: 1 }, "shown");
  loggerFor("chain").trace({}, "hidden");
  loggerFor("mempool").debug({}, "hidden");
  const network = loggerFor("network");
  network.info({}, "hidden");
  t.equal(network.isLevelEnabled("info"), false);
  network.child({ component: "sync" }).trace({}, "shown too");
  t.equal(loggerFor("chain"), loggerFor("chain"));
  t.same(entries(), [
    { level: 20, time: clock.nowMs(), component: "chain", height: 1, msg: "shown" },
    { level: 10, time: clock.nowMs(), component: "network.sync", msg: "shown too" },
  ]);
  t.end();
});

t.test("data becomes plain, and secrets are masked at any depth", (t) => {
  const { loggerFor, entries } = logging();
  const Wrong = defineError<{ amount: bigint }>("TEST_WRONG", "input", () => "wrong");
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  loggerFor("a").info(
    {
      hash: new Uint8Array([0xab, 1]),
      long: new Uint8Array(100),
      amount: 10n ** 20n,
      error: new Wrong({ amount: 5n }, new Error("cause")),
      map: new Map([["k", 1n]]),
      many: Array.from({ length: 150 }, (_, i) => i),
      circular,
      run: () => 1,
      password: "hunter2",
      nested: {
        SecretKey: new Uint8Array(32),
        adminToken: "hunter2",
        headers: [{ Authorization: "hunter2" }],
        tokenCount: 3,
        publicKey: "ok",
      },
    },
    "data",
  );
  const [entry] = entries();
  t.match(entry, {
    hash: "ab01",
    amount: "100000000000000000000",
    error: { code: "TEST_WRONG", message: "wrong", data: { amount: "5" }, cause: { name: "Error", message: "cause" } },
    map: { k: "1" },
    password: "(secret)",
    nested: { SecretKey: "(secret)", adminToken: "(secret)", headers: [{ Authorization: "(secret)" }], tokenCount: 3, publicKey: "ok" },
  });
  t.equal((entry as { many: unknown[] }).many.length, 101);
  t.match(entry?.long, /^0{128}… \(100 bytes\)$/);
  t.notMatch(JSON.stringify(entry), /hunter2/);
  t.ok(ChainwrightError.is(new Wrong({ amount: 1n })));
  t.end();
});

t.test("pretty lines: one line, no foreign control characters, colours only when asked for", (t) => {
  const { loggerFor, lines } = logging({ format: "pretty", terminal: true, colours: false });
  loggerFor("chain").warn({ height: 7, note: "two words", peer: "a\u001b[31m\nb", list: [1, 2] }, "im\u001bported\n");
  t.same(lines, ['03:04:05.678 WARN  chain      im\\u001bported\\u000a height=7 note="two words" peer="a\\u001b[31m\\nb" list=[1,2]\n']);
  t.match(prettyLine('{"level":30,"time":0,"component":"c","msg":"m"}', true), "\u001b[32mINFO ");
  t.equal(prettyLine("not json\n", true), "not json\n");
  const auto = logging({ format: "auto", terminal: true });
  auto.loggerFor("a").info({}, "x");
  t.match(auto.lines[0], /INFO/);
  const machine = logging({ format: "auto", terminal: false });
  machine.loggerFor("a").info({}, "x");
  t.match(machine.entries(), [{ msg: "x" }]);
  t.end();
});

t.test("NO_COLOR", (t) => {
  const before = process.env.NO_COLOR;
  const lineWith = (value: string | undefined): string => {
    if (value === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = value;
    const { loggerFor, lines } = logging({ format: "pretty", terminal: true });
    loggerFor("a").info({}, "x");
    return lines.join("");
  };
  t.notMatch(lineWith("1"), "\u001b");
  t.match(lineWith(undefined), "\u001b");
  t.match(lineWith(""), "\u001b", "an empty NO_COLOR means nothing");
  if (before === undefined) delete process.env.NO_COLOR;
  else process.env.NO_COLOR = before;
  t.end();
});

t.test("metrics: counters, gauges, histograms in Prometheus' format, a registry for each node", async (t) => {
  const registry = createMetrics();
  const metrics = registry.metricsFor("chain");
  const blocks = metrics.counter({ name: "blocks_total", help: "Blocks", labels: ["verdict"] });
  blocks.increment(2, { verdict: "valid" });
  blocks.increment(1, { verdict: "invalid" });
  metrics.gauge({ name: "height", help: "Height", collect: () => 42 });
  metrics.gauge({ name: "broken", help: "Can't be read", collect: () => JSON.parse("{") as number });
  const peers = metrics.gauge({ name: "peers", help: "Peers" });
  peers.set(3);
  metrics.histogram({ name: "import_seconds", help: "Import", buckets: [0.1, 1] }).observe(0.5);
  t.equal(registry.metricsFor("other").gauge({ name: "peers", help: "Peers" }), peers, "the same name and options: the same metric");
  const text = await registry.render();
  t.match(registry.contentType, /^text\/plain/);
  for (const line of [
    "# TYPE chainwright_blocks_total counter",
    'chainwright_blocks_total{verdict="valid"} 2',
    'chainwright_blocks_total{verdict="invalid"} 1',
    "chainwright_height 42",
    "chainwright_broken Nan",
    "chainwright_peers 3",
    'chainwright_import_seconds_bucket{le="1"} 1',
    "chainwright_import_seconds_count 1",
  ]) {
    t.match(text, line);
  }
  t.notMatch(await createMetrics().render(), "chainwright_");
});

t.test("metrics: wrong registrations, and a bound on label values", async (t) => {
  const registry = createMetrics({ maxSeries: 3 });
  const metrics = registry.metricsFor("chain");
  metrics.counter({ name: "a_total", help: "A" });
  t.throws(() => registry.metricsFor("network").gauge({ name: "a_total", help: "A" }), {
    code: "METRIC_CONFLICT",
    message: "network registers metric a_total otherwise than chain did; give it a name of its own",
  });
  t.throws(() => metrics.counter({ name: "Camel", help: "A" }), { code: "METRIC_INVALID" });
  t.throws(() => metrics.counter({ name: "chainwright_a_total", help: "A" }), { code: "METRIC_INVALID" });
  t.throws(() => metrics.counter({ name: "b_total", help: "B", labels: ["bad-label"] }), { code: "METRIC_INVALID" });
  const hostile = metrics.counter({ name: "c_total", help: "C", labels: ["peer"] });
  for (let i = 0; i < 10; i++) hostile.increment(1, { peer: `p${i}` });
  hostile.increment(1, { peer: "p0" });
  const lines = (await registry.render()).split("\n").filter((line) => line.startsWith("chainwright_c_total{"));
  t.same(lines, [
    'chainwright_c_total{peer="p0"} 2',
    'chainwright_c_total{peer="p1"} 1',
    'chainwright_c_total{peer="p2"} 1',
    'chainwright_c_total{peer="other"} 7',
  ]);
});
