/** `chainwright devnet` from outside: one process that runs a network, others that steer it, and what is left when it ends. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { type NodeLine, NodeProcess, run } from "../node-process.js";
import { temporaryDirectory } from "./chain-checks.js";

interface Ready {
  readonly type: "ready";
  readonly nodes: readonly { readonly node: number; readonly api: string; readonly pid: number }[];
}

const directory = await temporaryDirectory(t);
const dir = ["--dir", directory];
const isReady = (line: NodeLine): boolean => line.type === "ready";

/** Starts the devnet in the directory; it is killed at the end of `t` if it still runs then. */
async function startDevnet(...args: readonly string[]): Promise<{ supervisor: NodeProcess; nodes: Ready["nodes"] }> {
  const supervisor = new NodeProcess(["devnet", ...dir, ...args]);
  t.teardown(() => supervisor.kill("SIGKILL"));
  const { nodes } = (await supervisor.line(isReady)) as unknown as Ready;
  return { supervisor, nodes };
}

async function steer(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(["devnet", ...args, ...dir, "--json"]);
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** They are no children of ours: nobody tells us when they end. */
async function ended(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  for (const endMs = performance.now() + timeoutMs; performance.now() < endMs; await delay(50)) if (!pids.some(lives)) return true;
  return false;
}

t.test("what is wrong is said before anything is written", async (t) => {
  const file = join(t.testdir({ "apart.yaml": "nodes: 4\nedges: [[1, 2], [3, 4]]\n" }), "apart.yaml");
  for (const [args, code, message] of [
    [["--nodes", "x"], 2, /--nodes x/],
    [["--nodes", "65"], 2, /DEVNET_OPTION_INVALID/],
    [["--topology", "torus"], 2, /neither mesh, star, line, ring nor the path of a file/],
    [["--topology", file], 2, /1,2\|3,4 are apart/],
    [["--consensus", "dice"], 2, /they know nakamoto/],
    [["--traffic", "-1"], 2, /--traffic -1/],
    [["status"], 5, /DEVNET_NOT_RUNNING/],
    [["partition", "1,x"], 2, /"x" is no number/],
    [["wait-sync", "--timeout", "0"], 2, /--timeout 0/],
  ] as const) {
    const result = await run(["devnet", ...args, ...dir]);
    t.equal(result.code, code, args.join(" "));
    t.match(result.stderr, message);
    t.equal(result.stdout, "");
  }
  const foreign = t.testdir({ "thesis.doc": "" });
  await writeFile(join(foreign, "other.txt"), "");
  t.equal((await run(["devnet", "--dir", foreign, "--fresh"])).code, 4, "somebody else's directory");
});

t.test("a devnet is run, steered, killed, and goes on", async (t) => {
  const { supervisor, nodes } = await startDevnet("--nodes", "2", "--block-interval", "500", "--traffic", "10");
  t.equal(nodes.length, 2);
  const [one, two] = nodes.map(({ api }) => ["--api", api]);
  if (one === undefined || two === undefined) throw new Error("two nodes were asked for");
  t.equal((await run(["devnet", ...dir])).code, 4, "one supervisor a directory");
  t.match(await steer("wait-sync", "--timeout", "60"), { agreed: true });

  t.same((await steer("partition", "2")).groups, [[1], [2]]);
  t.same((await steer("heal")).groups, [[1, 2]]);
  t.match(await steer("kill", "2"), { nodes: [{ state: "running" }, { state: "killed" }] });
  t.equal((await run(["devnet", "kill", "2", ...dir])).code, 4, "what does not run can't be killed");
  t.equal((await run(["devnet", "kill", "3", ...dir])).code, 3, "nor what is not there");
  t.match(await steer("start", "2"), { nodes: [{ state: "running" }, { state: "running" }] });
  t.equal((await run(["tx", "transfer", "--from", "dev:alice", "--to", "dev:dave", "--amount", "5", ...one])).code, 0);
  await steer("wait-sync", "--timeout", "60");
  const balance = async (api: readonly string[]) => {
    const { stdout } = await run(["account", "dev:dave", "--json", ...api]);
    return (JSON.parse(stdout) as { account: { balance: string } }).account.balance;
  };
  // The other's branch may have won for a moment: then the transfer waits for the next block.
  for (let looks = 0; looks < 40 && (await balance(two)) !== "1000000000005"; looks++) await delay(250);
  t.equal(await balance(two), "1000000000005", "the other node has the transfer, too");

  const before = (await steer("status")) as { nodes: { pid: number; height: number }[]; traffic?: { sent: number } };
  t.ok((before.traffic?.sent ?? 0) > 0, "traffic flows");
  const pids = before.nodes.map(({ pid }) => pid);
  t.ok(pids.every(lives));
  await supervisor.kill("SIGKILL");
  t.ok(await ended(pids, 15_000), "nodes end with their supervisor, also when it is killed");
  t.equal((await run(["devnet", "status", ...dir])).code, 5);

  const again = await startDevnet();
  t.equal(again.nodes.length, 2, "the same devnet");
  t.same(
    again.nodes.map(({ api }) => api),
    nodes.map(({ api }) => api),
    "at the same addresses",
  );
  const status = (await steer("status")) as { nodes: { height: number }[] };
  for (const [at, node] of status.nodes.entries()) t.ok(node.height >= (before.nodes[at]?.height ?? 0), "nothing was lost");
  const after = again.nodes.map(({ pid }) => pid);
  t.equal(await again.supervisor.kill("SIGINT"), 0, "Ctrl-C ends it well");
  t.notOk(after.some(lives), "with all its nodes");
});
