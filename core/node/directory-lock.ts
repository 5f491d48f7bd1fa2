/**
 * A lock on a directory that ends with its process, also by kill -9. Node has no flock, so ownership is told by names.
 *
 * Each process claims by creating a file of its own in `lock/`, whose name says who it is: process id, start time of that
 * process, boot of the machine. It owns the directory if, having claimed, it sees no claim of another living process; else
 * it withdraws. Two rules make this safe without ever having to steal a lock:
 *
 * - *Claim, then look.* Of two contenders, the one that claimed later sees the other's claim, so both can never own it.
 * - *A name never comes back.* No two processes share id, start time and boot. So a claim that was judged dead stays dead,
 *   and whoever deletes it can't hit a fresh one: the race of "remove the stale lock, then create mine" does not exist.
 *
 * When two look at the same time, the one whose name sorts first looks again while the other withdraws.
 *
 * A process is dead when the kernel says so (`kill(pid, 0)`), when it is a zombie, when the process of that id began at
 * another time, or when the machine has booted since. Start times come from /proc (Linux); elsewhere the id alone counts.
 * A claim from another process-id namespace (another container on the same volume) can't be judged and counts as dead, so
 * that a container starts again after a crash; two living containers are kept apart by the storage's own lock.
 */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { present } from "../kernel/assert.js";

/** Who a claim belongs to. Unknown parts are "0". */
interface Claim {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process (proc_pid_stat(5), field 22). */
  readonly startedTicks: string;
  /** First characters of /proc/sys/kernel/random/boot_id. */
  readonly boot: string;
  /** Inode of the process-id namespace (pid_namespaces(7)). */
  readonly namespace: string;
}

const CLAIM_NAME = /^(\d{1,10})-(\d{1,20})-([0-9a-f]{1,8})-(\d{1,20})$/;
/** How often the contender that sorts first looks again for the other to withdraw, before it gives up, too. */
const LOOKS_MAX = 200;

/** Directories that this process holds: tells its own living claims from leftovers where start times are unknown. */
const held = new Set<string>();

function readOrUndefined(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** State letter and start time of a process; undefined where there is no /proc, or none of that id in it. */
function processFacts(pid: number): { readonly state: string; readonly startedTicks: string } | undefined {
  const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  // The second field is the command in parentheses and may itself hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields?.[0];
  const startedTicks = fields?.[19];
  return state === undefined || startedTicks === undefined ? undefined : { state, startedTicks };
}

let ownClaim: Claim | undefined;

function claimOfThisProcess(): Claim {
  ownClaim ??= {
    pid: process.pid,
    startedTicks: processFacts(process.pid)?.startedTicks ?? "0",
    boot: readOrUndefined(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1"))?.slice(0, 8) ?? "0",
    namespace: /\d+/.exec(readOrUndefined(() => readlinkSync("/proc/self/ns/pid")) ?? "")?.[0] ?? "0",
  };
  return ownClaim;
}

function nameOf(claim: Claim): string {
  return `${claim.pid}-${claim.startedTicks}-${claim.boot}-${claim.namespace}`;
}

function parseName(name: string): Claim | undefined {
  const match = CLAIM_NAME.exec(name);
  if (match === null) return undefined;
  const [, pid, startedTicks, boot, namespace] = match.map((part) => present(part, "all groups of a claim's name match"));
  return {
    pid: Number(present(pid, "pid")),
    startedTicks: present(startedTicks, "start time"),
    boot: present(boot, "boot"),
    namespace: present(namespace, "namespace"),
  };
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it exists and belongs to another user.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/** Whether the process of a claim lives; in doubt, it does. */
function lives(claim: Claim, own: Claim): boolean {
  if (claim.boot !== own.boot || claim.namespace !== own.namespace) return false;
  if (!processExists(claim.pid)) return false;
  const facts = processFacts(claim.pid);
  if (facts === undefined) return true;
  return facts.state !== "Z" && facts.state !== "X" && facts.startedTicks === claim.startedTicks;
}

/** Claims of other living processes; deletes those of dead ones. */
function livingRivals(folder: string, own: Claim): readonly string[] {
  const rivals: string[] = [];
  for (const name of readdirSync(folder)) {
    const claim = parseName(name);
    if (claim === undefined || name === nameOf(own)) continue;
    if (lives(claim, own)) rivals.push(name);
    else rmSync(join(folder, name), { force: true });
  }
  return rivals.sort();
}

export interface DirectoryLock {
  /** Gives the lock back; harmless when repeated. */
  release(): void;
}

/**
 * Locks `directory` for this process.
 *
 * @param pause lets some time pass, before looking again
 * @returns the lock, or the id of the process that has it
 * @throws errors of the file system
 */
export async function lockDirectory(directory: string, pause: () => Promise<void>): Promise<DirectoryLock | { readonly heldBy: number }> {
  const folder = join(directory, "lock");
  const own = claimOfThisProcess();
  const file = join(folder, nameOf(own));
  if (held.has(folder)) return { heldBy: own.pid };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    // Exclusive: another thread, or another copy of this file in this process, makes the same name.
    writeFileSync(file, "", { flag: "wx", mode: 0o600 });
  } catch (thrown) {
    const exists = thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST";
    if (!exists) throw thrown;
    // Without start times, it may be a leftover of a dead process that had our id.
    if (own.startedTicks !== "0") return { heldBy: own.pid };
  }
  held.add(folder);
  const release = () => {
    held.delete(folder);
    rmSync(file, { force: true });
  };
  try {
    for (let looks = 0; ; looks++) {
      const rival = livingRivals(folder, own)[0];
      if (rival === undefined) return { release };
      if (rival < nameOf(own) || looks === LOOKS_MAX) {
        release();
        return { heldBy: present(parseName(rival), "a rival's name is a claim's").pid };
      }
      await pause();
    }
  } catch (thrown) {
    release();
    throw thrown;
  }
}
