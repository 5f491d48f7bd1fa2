/** A search as mining threads take it. */
import { type SearchJob, siblingModule, workOfTarget } from "../../../core/sdk.js";
import type { HeliosSearchInput } from "./search.js";

const MODULE = siblingModule("search", import.meta.url);

/** @param target that of `input.work`, as an integer */
export function searchJob(input: HeliosSearchInput, target: bigint): SearchJob<HeliosSearchInput> {
  return { module: MODULE, input, expectedAttempts: workOfTarget(target) };
}
