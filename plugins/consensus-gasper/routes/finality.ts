/** GET /v1/gasper/status, /finality, /attestations. */
import type { FastifyInstance } from "fastify";
import { type Static, Type, toHex } from "../../../core/sdk.js";
import { isInLeak } from "../epoch/index.js";
import { currentEpoch, headState } from "./reading.js";
import { AmountText, BlockSchema, CheckpointSchema, checkpointJson, Epoch, HashText, Limit, tags, Whole } from "./schemas.js";
import type { RouteSource } from "./source.js";

const Participation = Type.Object({
  votedStake: AmountText,
  activeStake: AmountText,
  milli: Type.Integer({ minimum: 0, maximum: 1_000, description: "Share of the stake that voted for the epoch's target, thousandths" }),
});

const FinalityAnswer = Type.Object({
  currentSlot: Type.Integer({ description: "By this node's clock; negative before genesis" }),
  currentEpoch: Epoch,
  head: BlockSchema,
  previousJustified: CheckpointSchema,
  justified: CheckpointSchema,
  finalized: CheckpointSchema,
  epochsSinceFinality: Type.Integer({ description: "2 where all goes well" }),
  isLeaking: Type.Boolean({ description: "Finality is so late that idle validators lose stake" }),
  participation: Type.Object({ previous: Participation, current: Participation }),
});

const AttestationsAnswer = Type.Object({
  groups: Type.Array(
    Type.Object({
      slot: Whole,
      committeeIndex: Whole,
      headRoot: HashText,
      source: CheckpointSchema,
      target: CheckpointSchema,
      voters: Type.Integer({ description: "Of the largest attestation there is" }),
      committeeSize: Whole,
    }),
    { description: "What waits for a block, newest slot first" },
  ),
  total: Type.Integer({ description: "Different votes that wait" }),
  evidence: Type.Object({ proposerSlashings: Whole, attesterSlashings: Whole }, { description: "Evidence that waits for a block" }),
});

export function addFinalityRoutes(app: FastifyInstance, source: RouteSource): void {
  app.get(
    "/status",
    {
      schema: {
        tags,
        summary: "The engine and this node's validators on one page",
        response: { 200: Type.Record(Type.String(), Type.Unknown()) },
      },
    },
    async () => source.status(),
  );
  app.get(
    "/finality",
    { schema: { tags, summary: "What is justified and final, and who votes", response: { 200: FinalityAnswer } } },
    async () => finalityJson(source),
  );
  app.get<{ Querystring: { limit: number } }>(
    "/attestations",
    {
      schema: {
        tags,
        summary: "Votes and evidence that wait for inclusion in a block",
        querystring: Type.Object({ limit: Limit }, { additionalProperties: false }),
        response: { 200: AttestationsAnswer },
      },
    },
    async ({ query }): Promise<Static<typeof AttestationsAnswer>> => {
      headState(source);
      const { proposerSlashings, attesterSlashings } = source.served.slashings;
      const votes = [...source.served.pool.votes()].sort(
        (a, b) => b.data.slot - a.data.slot || a.data.committeeIndex - b.data.committeeIndex || b.weight - a.weight,
      );
      return {
        groups: votes.slice(0, query.limit).map(({ data, weight, committee }) => ({
          slot: data.slot,
          committeeIndex: data.committeeIndex,
          headRoot: toHex(data.headRoot),
          source: checkpointJson(data.source),
          target: checkpointJson(data.target),
          voters: weight,
          committeeSize: committee.length,
        })),
        total: votes.length,
        evidence: { proposerSlashings, attesterSlashings },
      };
    },
  );
}

function finalityJson(source: RouteSource): Static<typeof FinalityAnswer> {
  const { root, slot, state } = headState(source);
  const { summary, activeIncrements, parameters } = state;
  const stake = (increments: number) => (BigInt(increments) * BigInt(parameters.increment)).toString();
  const participation = (increments: number) => ({
    votedStake: stake(increments),
    activeStake: stake(activeIncrements),
    // Of the previous epoch it may be a bit more than all: those who have left since are in the one sum only.
    milli: Math.min(1_000, Math.floor((1_000 * increments) / activeIncrements)),
  });
  const finalized = source.finalized();
  return {
    currentSlot: source.currentSlot(),
    currentEpoch: currentEpoch(source),
    head: { root: toHex(root), slot },
    previousJustified: checkpointJson(state.previousJustified),
    justified: checkpointJson(source.justified()),
    finalized: checkpointJson(finalized),
    epochsSinceFinality: currentEpoch(source) - finalized.epoch,
    isLeaking: isInLeak(state),
    participation: {
      previous: participation(summary.previousTargetIncrements),
      current: participation(summary.currentTargetIncrements),
    },
  };
}
