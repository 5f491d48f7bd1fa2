/**
 * Calm: the stretches of a run in which nothing is done to it and nothing that was done lasts. Only there can be said how soon a block has to
 * come, so whatever is expected of liveness has to fit into one of them.
 */
import { durationUs } from "./duration.js";
import type { Scenario } from "./schema.js";
import { type Action, chaosUntilUs, endOfUs, timelineOf } from "./timeline.js";

export interface Stretch {
  readonly fromUs: number;
  readonly toUs: number;
}

/** In order, of a run of so many µs. What has no end of its own (a crash without a start) does not last in this sense; a split network does. */
export function calmStretches(actions: readonly Action[], untilUs: number, alsoBusy: readonly Stretch[] = []): readonly Stretch[] {
  const busy = [...actions.map((action) => busyDuring(action, actions)), ...alsoBusy].sort((one, other) => one.fromUs - other.fromUs);
  const calm: Stretch[] = [];
  let sinceUs = 0;
  for (const { fromUs, toUs } of busy) {
    if (fromUs > sinceUs) calm.push({ fromUs: sinceUs, toUs: Math.min(fromUs, untilUs) });
    sinceUs = Math.max(sinceUs, toUs);
  }
  if (sinceUs < untilUs) calm.push({ fromUs: sinceUs, toUs: untilUs });
  return calm;
}

/** Of the longest one that the scenario has with any seed, µs; where chance does its worst from beginning to end. */
export function calmOfUs(scenario: Scenario): number {
  const { chaos, ...certain } = scenario;
  const untilUs = durationUs(scenario.duration);
  const byChance = chaos === undefined ? [] : [{ fromUs: durationUs(chaos.from), toUs: chaosUntilUs(scenario) }];
  const stretches = calmStretches(timelineOf(certain, ""), untilUs, byChance);
  return stretches.reduce((longest, { fromUs, toUs }) => Math.max(longest, toUs - fromUs), 0);
}

function busyDuring(action: Action, all: readonly Action[]): Stretch {
  const splits = action.do === "partition" || action.do === "cut";
  const overUs = splits && action.forUs === undefined ? Number.POSITIVE_INFINITY : endOfUs(action);
  const healed = splits ? all.find((later) => later.do === "heal" && later.atUs >= action.atUs) : undefined;
  return { fromUs: action.atUs, toUs: Math.min(overUs, healed?.atUs ?? Number.POSITIVE_INFINITY) };
}
