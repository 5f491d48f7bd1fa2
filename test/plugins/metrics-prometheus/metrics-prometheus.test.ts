/** /metrics on the API and on a listener of its own, over real HTTP. */
import { connect, createServer } from "node:net";
import t from "tap";
import { Value } from "typebox/value";
import { API_ROUTES, type ApiRoutes, type Logger, type Metrics } from "../../../core/sdk.js";
import { MetricsPrometheusConfig } from "../../../plugins/metrics-prometheus/config.js";
import { MetricsPrometheusPlugin } from "../../../plugins/metrics-prometheus/metrics-prometheus-plugin.js";
import { patient } from "../../fixtures/pace.js";
import { Running } from "../api-http/client.js";

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const TEXT = "# HELP chainwright_height Height\nchainwright_height 3\n";

interface Fixture {
  readonly plugin: MetricsPrometheusPlugin;
  readonly logs: { readonly level: string; readonly data: { readonly url?: string } }[];
  readonly counted: string[];
  /** How often the source was asked, and what it answers. */
  readonly source: { renders: number; render: () => Promise<string> };
}

function fixture(options: object = {}): Fixture {
  const logs: Fixture["logs"] = [];
  const counted: string[] = [];
  const source = { renders: 0, render: async () => TEXT };
  const at = (level: string) => (data: object) => void logs.push({ level, data });
  const logger = { info: at("info"), error: at("error") } as unknown as Logger;
  const metrics = {
    counter: ({ name }: { name: string }) => ({ increment: () => counted.push(name) }),
    histogram: ({ name }: { name: string }) => ({ observe: () => counted.push(name) }),
  } as unknown as Metrics;
  const plugin = new MetricsPrometheusPlugin(
    {
      contentType: CONTENT_TYPE,
      render: () => {
        source.renders++;
        return source.render();
      },
    },
    { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    Value.Parse(MetricsPrometheusConfig, Value.Default(MetricsPrometheusConfig, options)),
    logger,
    metrics,
  );
  return { plugin, logs, counted, source };
}

const routesOf = (plugin: MetricsPrometheusPlugin) => plugin.capabilities()[API_ROUTES] as ApiRoutes;

t.test("on the API", async (t) => {
  const { plugin, counted, source } = fixture();
  await plugin.start();
  const api = await Running.start({}, (node) => node.routes.push(routesOf(plugin)));
  const answer = await api.get("/metrics");
  t.equal(answer.status, 200);
  t.equal(answer.type, CONTENT_TYPE);
  t.equal(answer.text, TEXT);
  t.same(counted, ["metrics_scrapes_total", "metrics_scrape_seconds"]);
  t.ok((await api.get("/openapi.json")).json.paths["/metrics"], "documented");
  t.equal((await api.post("/metrics", "{}")).json.code, "API_METHOD_NOT_ALLOWED");
  source.render = () => Promise.reject(new Error("secret"));
  const failed = await api.get("/metrics");
  t.equal(failed.json.code, "API_INTERNAL");
  t.notMatch(failed.text, /secret/);
  await api.stop();
  await plugin.stop();
});

t.test("not on the API", async (t) => {
  const { plugin } = fixture({ api: false });
  const api = await Running.start({}, (node) => node.routes.push(routesOf(plugin)));
  t.equal((await api.get("/metrics")).status, 404);
  await api.stop();
});

t.test("on a listener of its own", async (t) => {
  const { plugin, logs, source } = fixture({ listen: { port: 0 } });
  await plugin.start();
  const url = logs[0]?.data.url ?? "";
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const answer = await fetch(url);
  t.equal(answer.headers.get("content-type"), CONTENT_TYPE);
  t.equal(await answer.text(), TEXT);
  t.equal((await fetch(`${url}?x=1`)).status, 200);
  t.equal(await (await fetch(url, { method: "HEAD" })).text(), "");

  const missing = await fetch(new URL("/other", url));
  t.equal(missing.status, 404);
  t.equal(missing.headers.get("content-type"), "application/problem+json");
  t.match(await missing.json(), { code: "METRICS_ROUTE_NOT_FOUND", status: 404 });
  const posted = await fetch(url, { method: "POST", body: "x" });
  t.equal(posted.headers.get("allow"), "GET, HEAD");
  t.match(await posted.json(), { code: "METRICS_METHOD_NOT_ALLOWED", status: 405 });

  let release = (): void => undefined;
  source.renders = 0;
  source.render = () => new Promise((resolve) => (release = () => resolve(TEXT)));
  const scrapes = [fetch(url), fetch(url), fetch(url)];
  while (source.renders === 0) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 30));
  release();
  for (const scrape of scrapes) t.equal(await (await scrape).text(), TEXT);
  t.equal(source.renders, 1, "scrapes at the same time share one rendering");

  source.render = () => Promise.reject(new Error("secret"));
  const failed = await fetch(url);
  const text = await failed.text();
  t.equal(failed.status, 500);
  t.match(text, /METRICS_RENDER_FAILED/);
  t.notMatch(text, /secret/);

  source.render = () => new Promise(() => undefined);
  const hanging = fetch(url).catch(() => "cut");
  const idle = connect(Number(new URL(url).port), "127.0.0.1");
  await new Promise((resolve) => idle.on("connect", resolve));
  const closed = new Promise((resolve) => idle.on("close", resolve));
  idle.resume();
  const began = performance.now();
  await plugin.stop();
  const tookMs = performance.now() - began;
  t.ok(tookMs < patient(1_000));
  t.equal(await hanging, "cut");
  await closed;
});

t.test("a busy port", async (t) => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address() as { port: number };
  const { plugin } = fixture({ listen: { port } });
  await t.rejects(plugin.start(), { code: "METRICS_PORT_IN_USE", data: { port } });
  await plugin.stop();
  holder.close();
  await t.rejects(fixture({ listen: { host: "203.0.113.7", port: 0 } }).plugin.start(), { code: "METRICS_LISTEN_FAILED" });
});
