/**
 * What comes in from peers, and what waits for blocks: gossip verdicts, attestations, evidence, and the search for it.
 *
 * ```ts
 * const metrics = registerPoolMetrics(registry);
 * const pool = new AttestationPool({ maxAttestations: config.poolAttestations, slotsPerEpoch: chain.clock.slotsPerEpoch });
 * const slashings = new SlashingPool();
 * const slasher = new Slasher(chain, slashings, metrics);
 * const judge = new GossipJudge({ chain, limits, pool, slashings, slasher, metrics });
 * const verdict = await judge.judge("attestations", bytes); // accept, ignore or reject
 * const payload = { attestations: pool.select(state, 128), ...slashings.select(state, parameters.limits) };
 * ```
 */
export { AttestationPool, type AttestationPoolOptions } from "./attestation-pool.js";
export { accusedBy, decodeEvidence, type Evidence, encodeEvidence } from "./evidence.js";
export { GOSSIP_CONDITIONS, type GossipChannel, GossipCode, type GossipOutcome, verdictOf } from "./gossip-conditions.js";
export {
  GossipJudge,
  type GossipJudgeDependencies,
  type GossipJudgeOptions,
  gossipChannels,
  registerGossipGauges,
} from "./gossip-judge.js";
export { type PoolMetrics, registerPoolMetrics } from "./metrics.js";
export { Slasher } from "./slasher.js";
export { SlashingPool } from "./slashing-pool.js";
export type { CheckedAttestation } from "./vote-group.js";
