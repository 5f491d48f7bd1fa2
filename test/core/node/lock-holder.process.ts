/** A process for data-directory.test.ts: locks a directory, says so, and holds the lock until its input ends. */
import { lockDirectory } from "../../../core/node/directory-lock.js";

const pause = () => new Promise<void>((resolve) => void setImmediate(resolve));
const lock = await lockDirectory(process.argv[2] ?? "", pause);
process.stdout.write("release" in lock ? "locked\n" : `held by ${lock.heldBy}\n`);
process.stdin.on("end", () => {
  if ("release" in lock) lock.release();
});
process.stdin.resume();
