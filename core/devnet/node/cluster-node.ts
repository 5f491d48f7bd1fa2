/** One node of a cluster: its process, what it last said of itself, its API. */
import { join } from "node:path";
import type { Scheduler } from "../../ports/runtime.js";
import { buildTransfer, leastTransferFee } from "../../primitives/account-transaction.js";
import { toHex } from "../../primitives/bytes.js";
import { devAccount, devAddress } from "../dev-accounts.js";
import { DevnetNodeStartError, DevnetNodeStateError } from "../errors.js";
import type { Observers } from "../observers.js";
import { type JsonObject, NodeApi } from "./node-api.js";
import { type NodeLine, NodeProcess, type ProcessExit } from "./node-process.js";

/** A start beyond this has failed. */
const START_TIMEOUT_MS = 60_000;
/** A node that is told to stop ends by itself within ten seconds; then it is ended. */
const STOP_TIMEOUT_MS = 12_000;
/** Each with another port, if somebody else has taken the one of the attempt before. */
const START_ATTEMPTS = 3;
/** With which a node ends whose port somebody else listens on. */
const PORT_CODES = ["API_PORT_IN_USE", "TRANSPORT_PORT_IN_USE"];

/** `crashed`: it ended and nobody had asked it to. `killed`: by `kill`. */
export type NodeState = "stopped" | "starting" | "running" | "stopping" | "killed" | "crashed";

/** What a node last said of itself. */
export interface NodeReport {
  readonly height: number;
  /** Hash of the head, hex; empty before the first start. */
  readonly head: string;
  readonly peers: number;
  /** Transactions in the mempool. */
  readonly pending: number;
  /** `starting`, `synced`, `syncing` or `isolated`; empty while the node does not run. */
  readonly sync: string;
  readonly targetHeight: number;
  /** Of the newest justified block. Absent where the engine has no finality of its own, and before the node has told. */
  readonly justifiedHeight?: number;
  /** Of the newest finalized block; absent as that. */
  readonly finalizedHeight?: number;
}

/** How a node's process ended, and why, if it said so. */
export interface NodeExit extends ProcessExit {
  readonly reason: string;
  /** Of the error that ended it and of its causes, outermost first. */
  readonly codes: readonly string[];
}

export interface ClusterNodeOptions {
  readonly number: number;
  readonly directory: string;
  /** Another one once its ports had to be replaced. */
  readonly apiUrl: () => string;
  readonly chainId: string;
  /** `path=value`, as `--set` takes them, at every start. */
  readonly settings: readonly string[];
  /** Replaces the node's ports where somebody else listens on them. @returns whether the cluster still runs */
  readonly settlePorts: () => Promise<boolean>;
}

export interface TransferOptions {
  /** Name of a development account. */
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  /** Default: the sender's next, as this node sees it. */
  readonly nonce?: number;
}

const NO_REPORT: NodeReport = { height: 0, head: "", peers: 0, pending: 0, sync: "", targetHeight: 0 };

export class ClusterNode {
  readonly number: number;
  readonly directory: string;
  readonly api: NodeApi;
  readonly #options: ClusterNodeOptions;
  readonly #scheduler: Scheduler;
  readonly #observers: Observers;
  #state: NodeState = "stopped";
  #report = NO_REPORT;
  #process: NodeProcess | undefined;
  #isStarting = false;
  /** Told to end since the start began, maybe while no process was there. */
  #isStopWanted = false;
  #exit: NodeExit | undefined;
  /** Tells a start under way what came of it. */
  #ready: (() => void) | undefined;

  constructor(options: ClusterNodeOptions, scheduler: Scheduler, observers: Observers) {
    this.#options = options;
    this.number = options.number;
    this.directory = options.directory;
    this.#scheduler = scheduler;
    this.#observers = observers;
    const tokenFile = join(options.directory, "data", "admin.token");
    this.api = new NodeApi({ node: options.number, url: options.apiUrl, tokenFile }, scheduler);
  }

  get apiUrl(): string {
    return this.#options.apiUrl();
  }

  get state(): NodeState {
    return this.#state;
  }

  get isRunning(): boolean {
    return this.#state === "running";
  }

  get report(): NodeReport {
    return this.#report;
  }

  get height(): number {
    return this.#report.height;
  }

  /** Hash of the head, hex. */
  get head(): string {
    return this.#report.head;
  }

  /** Connected peers. */
  get peers(): number {
    return this.#report.peers;
  }

  /** Transactions in the mempool. */
  get pending(): number {
    return this.#report.pending;
  }

  /** Of the newest block that the engine has finalized; 0 before the first, and where the engine has no finality of its own. */
  get finalizedHeight(): number {
    return this.#report.finalizedHeight ?? 0;
  }

  /** Undefined while no process is there. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** How its last process ended, if it did. */
  get exit(): NodeExit | undefined {
    return this.#exit;
  }

  get logFile(): string {
    return join(this.directory, "node.log");
  }

  /**
   * Resolves once the node answers. Where somebody else has taken one of its ports, it tries again with another.
   *
   * @throws DevnetNodeStateError, DevnetNodeStartError, DevnetPortError for a port that was asked for
   */
  async start(): Promise<void> {
    if (this.#process !== undefined || this.#isStarting)
      throw new DevnetNodeStateError({ node: this.number, state: this.#state, wanted: "started" });
    this.#isStarting = true;
    this.#isStopWanted = false;
    try {
      for (let attempt = 1; ; attempt++) {
        await this.#startProcess();
        const { exit } = this;
        if (exit === undefined) return;
        const mayAgain = attempt < START_ATTEMPTS && exit.codes.some((code) => PORT_CODES.includes(code));
        if (!mayAgain || !(await this.#options.settlePorts()) || this.#isStopWanted)
          throw new DevnetNodeStartError({ node: this.number, reason: exit.reason, log: this.logFile });
      }
    } finally {
      this.#isStarting = false;
    }
  }

  /** Resolves once the node answers, or its process has ended. */
  async #startProcess(): Promise<void> {
    const started = new Promise<void>((resolve) => {
      this.#ready = resolve;
    });
    const process = new NodeProcess({
      configFile: join(this.directory, "node.yaml"),
      logFile: this.logFile,
      settings: this.#options.settings,
      onLine: (line) => this.#heard(line),
    });
    this.#process = process;
    this.#exit = undefined;
    this.#become("starting");
    const gone = process.exited.then((exit) => this.#ended(exit));
    const timeout = this.#scheduler.after(START_TIMEOUT_MS, () => process.signal("SIGKILL"));
    await Promise.race([started, gone]);
    timeout.cancel();
    this.#ready = undefined;
  }

  /** Lets the node end in good order; harmless when it does not run. */
  stop(): Promise<void> {
    return this.#end("SIGTERM", "stopping");
  }

  /** Ends the process at once (kill -9). */
  kill(): Promise<void> {
    return this.#end("SIGKILL", "killed");
  }

  /** Signs a transfer between development accounts and submits it here. @returns its id */
  async transfer({ from, to, amount, nonce }: TransferOptions): Promise<string> {
    const request = {
      chainId: this.#options.chainId,
      from: devAccount(from).secretKey,
      to: devAccount(to).address,
      amount,
      nonce: nonce ?? (await this.nextNonce(from)),
    };
    return this.submit(buildTransfer({ ...request, fee: leastTransferFee(request, 1) }));
  }

  /** Submits a raw transaction. @returns its id @throws DevnetNodeApiError */
  async submit(raw: Uint8Array): Promise<string> {
    return String((await this.api.post("/v1/transactions", { raw: toHex(raw) })).id);
  }

  /** What became of a transaction; undefined if this node knows nothing of it. */
  transaction(id: string): Promise<JsonObject | undefined> {
    return this.api.find(`/v1/transactions/${id}?proof=false`);
  }

  /** Balance of a development account after this node's head. */
  async balance(name: string): Promise<bigint> {
    const { account } = await this.api.get(`/v1/accounts/${devAddress(name)}`);
    return BigInt(String((account as JsonObject).balance));
  }

  /** The next nonce of a development account, after what waits in this node's mempool. */
  async nextNonce(name: string): Promise<number> {
    return Number((await this.api.get(`/v1/accounts/${devAddress(name)}`)).pendingNonce);
  }

  async #end(signal: NodeJS.Signals, state: "stopping" | "killed"): Promise<void> {
    this.#isStopWanted = true;
    const process = this.#process;
    if (process === undefined) return;
    this.#become(state);
    process.signal(signal);
    const timeout = this.#scheduler.after(STOP_TIMEOUT_MS, () => process.signal("SIGKILL"));
    await process.exited;
    timeout.cancel();
  }

  #heard(line: NodeLine): void {
    const before = this.#report;
    if (line.type === "ready") {
      this.#report = { ...before, height: line.height, head: line.head, targetHeight: line.height };
      // A node that was told to stop may still have come up.
      if (this.#state === "starting") this.#become("running");
      this.#ready?.();
    } else if (line.type === "block") {
      this.#report = { ...before, height: line.height, head: line.hash };
    } else if (line.type === "status") {
      const { peers, pending, sync, targetHeight, justifiedHeight, finalizedHeight } = line;
      const finality = justifiedHeight === undefined || finalizedHeight === undefined ? {} : { justifiedHeight, finalizedHeight };
      this.#report = { ...before, peers, pending, sync, targetHeight, ...finality };
    } else return;
    this.#observers.tell({ type: line.type === "block" ? "block" : "report", node: this.number });
  }

  #ended(exit: ProcessExit): void {
    const { code, signal } = exit;
    const how = signal === null ? `exit code ${code ?? "unknown"}` : signal;
    const { text, codes } = this.#process?.lastWords() ?? { text: "", codes: [] };
    this.#exit = { ...exit, reason: text === "" || signal === "SIGKILL" ? how : `${how}: ${text}`, codes };
    this.#process = undefined;
    this.#report = { ...this.#report, peers: 0, pending: 0, sync: "" };
    const asked = this.#state === "stopping" || this.#state === "killed";
    this.#become(asked ? (this.#state === "killed" ? "killed" : "stopped") : "crashed");
  }

  #become(state: NodeState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#observers.tell({ type: "state", node: this.number });
  }
}
