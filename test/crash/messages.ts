/** What the command and the processes that live through the chains say to each other. */
import type { Kind, Point, Tuning } from "./plan.js";
import type { TallyParts } from "./tally.js";

/** To a process: live through these kills of one chain. */
export interface LifeOrder {
  readonly type: "live";
  readonly seed: string;
  readonly life: number;
  /** First kill, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly kind: Kind | undefined;
  readonly directory: string;
  readonly keepsGoing: boolean;
}

/** From a process. */
export type LifeReport =
  | { readonly type: "chain"; readonly life: number; readonly kind: Kind; readonly tuning: Tuning }
  | {
      readonly type: "kill";
      readonly number: number;
      readonly point: Point | "disk full" | "from genesis";
      readonly faults: readonly string[];
      readonly height: number;
      readonly accepted: number;
    }
  /** What is special about the chain is not possible here: it is a plain one. */
  | { readonly type: "skipped"; readonly life: number; readonly reason: string }
  | { readonly type: "done"; readonly life: number; readonly lost: boolean; readonly tally: TallyParts };
