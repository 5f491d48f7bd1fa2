/** GET /v1/gasper/duties/proposers, /duties/attesters, /committees: known to the end of the next epoch. */
import type { FastifyInstance } from "fastify";
import { type Static, Type, toHex } from "../../../core/sdk.js";
import type { CommitteeShuffling } from "../duties/index.js";
import { NoSuchCommitteeError } from "./errors.js";
import { currentEpoch, shufflingOf, stateForEpoch, validatorIndex } from "./reading.js";
import { Epoch, HashText, HexText, Index, tags, Whole } from "./schemas.js";
import type { RouteSource } from "./source.js";

const EpochQuery = Type.Optional(
  Type.Integer({ minimum: 0, maximum: 0xffff_fffe, description: "Default: the current one by this node's clock; the next is known too" }),
);
const DependsOn = Type.Object(
  { root: HashText },
  { description: "The newest block that was looked at: on a branch without it the duties may be others" },
);

const ProposersAnswer = Type.Object({
  epoch: Epoch,
  dependsOn: DependsOn,
  duties: Type.Array(
    Type.Object({
      slot: Whole,
      startsAtMs: Type.Integer({ description: "Milliseconds since the Unix epoch" }),
      validator: Type.Union([Index, Type.Null()], { description: "null: nobody is active; in slot 0: genesis" }),
      publicKey: Type.Union([HexText, Type.Null()]),
    }),
  ),
});

const AttestersAnswer = Type.Object({
  epoch: Epoch,
  duties: Type.Array(
    Type.Object({
      validator: Index,
      slot: Whole,
      committeeIndex: Whole,
      position: Type.Integer({ description: "Its bit in the committee's attestations" }),
      committeeSize: Whole,
    }),
    { description: "Of those who are active in the epoch, in the order asked for" },
  ),
});

const CommitteesAnswer = Type.Object({
  epoch: Epoch,
  activeValidators: Whole,
  committeesPerSlot: Whole,
  committees: Type.Array(
    Type.Object({ slot: Whole, committeeIndex: Whole, validators: Type.Array(Index, { description: "In the order of bits" }) }),
  ),
});

export function addDutyRoutes(app: FastifyInstance, source: RouteSource): void {
  const epochOf = (asked: number | undefined) => asked ?? (source.isRestored ? currentEpoch(source) : 0);
  app.get<{ Querystring: { epoch?: number } }>(
    "/duties/proposers",
    {
      schema: {
        tags,
        summary: "Who proposes in the slots of an epoch",
        querystring: Type.Object({ epoch: EpochQuery }, { additionalProperties: false }),
        response: { 200: ProposersAnswer },
      },
    },
    async ({ query }): Promise<Static<typeof ProposersAnswer>> => {
      const epoch = epochOf(query.epoch);
      const { root, state } = await stateForEpoch(source, epoch);
      const first = source.clock.firstSlotOf(epoch);
      const duties = Array.from({ length: source.clock.slotsPerEpoch }, (_, i) => {
        const slot = first + i;
        const validator = slot === 0 ? undefined : state.proposerAt(slot);
        return {
          slot,
          startsAtMs: source.clock.startOf(slot),
          validator: validator ?? null,
          publicKey: validator === undefined ? null : toHex(state.publicKey(validator)),
        };
      });
      return { epoch, dependsOn: { root: toHex(root) }, duties };
    },
  );
  app.get<{ Querystring: { epoch?: number; validators: string } }>(
    "/duties/attesters",
    {
      schema: {
        tags,
        summary: "In which slot and committee validators vote",
        querystring: Type.Object(
          {
            epoch: EpochQuery,
            validators: Type.String({
              pattern: "^([0-9]{1,7}|[0-9a-fA-F]{96})(,([0-9]{1,7}|[0-9a-fA-F]{96})){0,255}$",
              description: "Numbers or public keys with commas in between, 256 at most",
            }),
          },
          { additionalProperties: false },
        ),
        response: { 200: AttestersAnswer },
      },
    },
    async ({ query }): Promise<Static<typeof AttestersAnswer>> => {
      const epoch = epochOf(query.epoch);
      const { state } = await stateForEpoch(source, epoch);
      const indices = query.validators.split(",").map((text) => validatorIndex(state, text));
      const shuffling = await shufflingOf(source, epoch);
      const duties = indices.flatMap((validator) => {
        const place = shuffling.positionOf(validator);
        if (place === undefined) return [];
        return [{ validator, ...place, committeeSize: shuffling.committeeSize(place.slot, place.committeeIndex) }];
      });
      return { epoch, duties };
    },
  );
  app.get<{ Querystring: { epoch?: number; slot?: number; committeeIndex?: number } }>(
    "/committees",
    {
      schema: {
        tags,
        summary: "Committees of an epoch, or of one of its slots",
        description: "Where there are many validators, ask slot by slot.",
        querystring: Type.Object(
          { epoch: EpochQuery, slot: Type.Optional(Whole), committeeIndex: Type.Optional(Type.Integer({ minimum: 0, maximum: 63 })) },
          { additionalProperties: false },
        ),
        response: { 200: CommitteesAnswer },
      },
    },
    async ({ query }): Promise<Static<typeof CommitteesAnswer>> => {
      const epoch = query.epoch ?? (query.slot === undefined ? epochOf(undefined) : source.clock.epochOf(query.slot));
      const shuffling = await shufflingOf(source, epoch);
      return {
        epoch,
        activeValidators: shuffling.activeCount,
        committeesPerSlot: shuffling.committeesPerSlot,
        committees: committeesJson(shuffling, source.clock.slotsPerEpoch, query),
      };
    },
  );
}

function committeesJson(
  shuffling: CommitteeShuffling,
  slotsPerEpoch: number,
  { slot, committeeIndex }: { slot?: number; committeeIndex?: number },
) {
  const { epoch, firstSlot, committeesPerSlot } = shuffling;
  if (!shuffling.has(slot ?? firstSlot, committeeIndex ?? 0))
    throw new NoSuchCommitteeError({ epoch, slot: slot ?? firstSlot, committeeIndex: committeeIndex ?? 0 });
  const slots = slot === undefined ? Array.from({ length: slotsPerEpoch }, (_, i) => firstSlot + i) : [slot];
  const numbers = committeeIndex === undefined ? Array.from({ length: committeesPerSlot }, (_, i) => i) : [committeeIndex];
  return slots.flatMap((at) =>
    numbers.map((number) => ({ slot: at, committeeIndex: number, validators: [...shuffling.committee(at, number)] })),
  );
}
