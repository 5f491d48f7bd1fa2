/**
 * The making of a snapshot that an administrator asked for. It may take hours, longer than any HTTP request should: who asks waits for a
 * moment, and looks again later. One is made at a time; how the last one ended is remembered until the next one.
 */
import { ChainwrightError, type Logger, messageOf, type NodeControl, type Scheduler, type SnapshotSummary } from "../../core/sdk.js";
import { ApiSnapshotsUnsupportedError } from "./errors.js";

export type SnapshotOutcome =
  | { readonly state: "making"; readonly height?: number }
  | { readonly state: "made"; readonly snapshot: SnapshotSummary }
  | { readonly state: "failed"; readonly error: unknown };

export class SnapshotRequest {
  private outcome: SnapshotOutcome | undefined;

  constructor(
    private readonly control: NodeControl,
    private readonly scheduler: Pick<Scheduler, "after">,
    private readonly logger: Pick<Logger, "warn">,
  ) {}

  /** Of the last request; undefined: there was none since the node started. */
  get last(): SnapshotOutcome | undefined {
    return this.outcome;
  }

  /**
   * Begins one, and answers how it stands after at most `waitMs`.
   *
   * @throws API_SNAPSHOTS_UNSUPPORTED; SNAPSHOT_BUSY and whatever else the node says within that time
   */
  async make(height: number | undefined, waitMs: number): Promise<SnapshotOutcome> {
    const { control } = this;
    if (control.makeSnapshot === undefined) throw new ApiSnapshotsUnsupportedError({});
    const making = { state: "making", ...(height === undefined ? {} : { height }) } as const;
    const before = this.outcome;
    const end = (outcome: SnapshotOutcome): SnapshotOutcome => {
      // A second request that is refused says nothing of the one that is under way.
      if (outcome.state === "made" || before?.state !== "making") this.outcome = outcome;
      return outcome;
    };
    if (before?.state !== "making") this.outcome = making;
    const done = control.makeSnapshot(height).then(
      (snapshot) => end({ state: "made", snapshot }),
      (error: unknown) => {
        this.logger.warn({ height, reason: messageOf(error) }, "a snapshot that was asked for could not be made");
        return end({ state: "failed", error });
      },
    );
    const outcome = await this.within(done, waitMs);
    if (outcome?.state === "failed") {
      // Refused, with nothing begun, and who asked is told so: how the last one ended is what it was.
      if (this.outcome === outcome && isRefusal(outcome.error)) this.outcome = before;
      throw outcome.error;
    }
    return outcome ?? making;
  }

  private within(done: Promise<SnapshotOutcome>, waitMs: number): Promise<SnapshotOutcome | undefined> {
    return new Promise((resolve) => {
      const timer = this.scheduler.after(waitMs, () => resolve(undefined));
      void done.then((outcome) => {
        timer.cancel();
        resolve(outcome);
      });
    });
  }
}

function isRefusal(error: unknown): boolean {
  return ChainwrightError.is(error) && (error.kind === "input" || error.kind === "conflict");
}
