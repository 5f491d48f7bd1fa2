/** GET /v1/gasper/validators, /validators/{validator}, /deposits, /performance. */
import type { FastifyInstance } from "fastify";
import { Address, type Static, Type, toHex } from "../../../core/sdk.js";
import { type GasperState, type PendingDeposit, type RefusedDepositRecord, type ValidatorStatus, validatorStatus } from "../state/index.js";
import { NoSuchValidatorError } from "./errors.js";
import { headState, refusalCode, type StateAfter, validatorIndex } from "./reading.js";
import {
  AmountText,
  BlockSchema,
  Choice,
  Epoch,
  EpochOrNull,
  epochJson,
  HexText,
  Index,
  Limit,
  Next,
  Offset,
  STATUSES,
  tags,
  Whole,
} from "./schemas.js";
import type { RouteSource } from "./source.js";

const AddressText = Type.String({ maxLength: 90, description: "bech32m with the chain's prefix" });
const Flags = Type.Integer({ minimum: 0, maximum: 7, description: "Timely source (1), target (2), head (4)" });

const ValidatorSchema = Type.Object({
  index: Index,
  publicKey: HexText,
  account: AddressText,
  status: Choice(STATUSES, "As the public beacon API has them"),
  balance: AmountText,
  effectiveBalance: AmountText,
  slashed: Type.Boolean(),
  eligibilityEpoch: EpochOrNull,
  activationEpoch: EpochOrNull,
  exitEpoch: EpochOrNull,
  withdrawableEpoch: EpochOrNull,
  inactivityScore: Whole,
  participation: Type.Object({ previous: Flags, current: Flags }, { description: "What the chain has of its votes in two epochs" }),
});

const ValidatorsAnswer = Type.Object({
  block: BlockSchema,
  epoch: Epoch,
  total: Type.Integer({ description: "Validators that the chain ever had" }),
  validators: Type.Array(ValidatorSchema, { description: "Ascending by index" }),
  next: Next,
});

const ValidatorAnswer = Type.Object({ block: BlockSchema, epoch: Epoch, validator: ValidatorSchema });

const PendingSchema = Type.Object({
  publicKey: HexText,
  account: AddressText,
  sender: AddressText,
  amount: AmountText,
  slot: Type.Integer({ description: "Of the block that has the deposit" }),
});
const RefusedSchema = Type.Object({
  publicKey: HexText,
  sender: AddressText,
  amount: AmountText,
  epoch: Epoch,
  code: Type.String({ description: "Why it was given back" }),
});
const DepositsAnswer = Type.Object({
  block: BlockSchema,
  epoch: Epoch,
  waiting: Type.Integer({ description: "Deposits that wait for the end of an epoch" }),
  perEpoch: Type.Integer({ description: "As many are taken in an epoch at most" }),
  pending: Type.Array(PendingSchema, { description: "Oldest first" }),
  refused: Type.Array(RefusedSchema, { description: "Newest first, the last 256 of the chain" }),
});

const PerformanceAnswer = Type.Object({
  validators: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
    description:
      "Of this node's validators: proposals made and missed, votes by what they were timely for, inclusion distance, effectiveness",
  }),
  next: Next,
});

export function addValidatorRoutes(app: FastifyInstance, source: RouteSource): void {
  const prefix = () => source.host.spec.addressPrefix;
  app.get<{ Querystring: { status?: ValidatorStatus; account?: string; offset: number; limit: number } }>(
    "/validators",
    {
      schema: {
        tags,
        summary: "Validators at the head, by number",
        querystring: Type.Object(
          {
            status: Type.Optional(Choice(STATUSES, "Only those")),
            account: Type.Optional(AddressText),
            offset: Offset,
            limit: Limit,
          },
          { additionalProperties: false },
        ),
        response: { 200: ValidatorsAnswer },
      },
    },
    async ({ query }): Promise<Static<typeof ValidatorsAnswer>> => {
      const head = headState(source);
      const account = query.account === undefined ? undefined : Address.parse(query.account, prefix());
      const { found, next } = await pick(source, head.state, account, query);
      return {
        ...standing(head),
        total: head.state.validatorCount,
        validators: found.map((index) => validatorJson(head.state, index, prefix())),
        next,
      };
    },
  );
  app.get<{ Params: { validator: string } }>(
    "/validators/:validator",
    {
      schema: {
        tags,
        summary: "One validator at the head",
        params: Type.Object({
          validator: Type.String({ pattern: "^([0-9]{1,7}|[0-9a-fA-F]{96})$", description: "Its number, or its public key in hex" }),
        }),
        response: { 200: ValidatorAnswer },
      },
    },
    async ({ params }): Promise<Static<typeof ValidatorAnswer>> => {
      const head = headState(source);
      const index = validatorIndex(head.state, params.validator);
      return { ...standing(head), validator: validatorJson(head.state, index, prefix()) };
    },
  );
  app.get<{ Querystring: { limit: number } }>(
    "/deposits",
    {
      schema: {
        tags,
        summary: "Deposits that wait, and those that were given back lately",
        querystring: Type.Object({ limit: Limit }, { additionalProperties: false }),
        response: { 200: DepositsAnswer },
      },
    },
    async ({ query }): Promise<Static<typeof DepositsAnswer>> => {
      const head = headState(source);
      const { deposits, parameters } = head.state;
      return {
        ...standing(head),
        waiting: deposits.length,
        perEpoch: parameters.lifecycle.maxPendingDepositsPerEpoch,
        pending: deposits.first(query.limit).map((deposit) => pendingJson(deposit, prefix())),
        refused: deposits
          .refused()
          .slice(0, query.limit)
          .map((record) => refusedJson(record, prefix())),
      };
    },
  );
  app.get<{ Querystring: { validator?: number; offset: number; limit: number } }>(
    "/performance",
    {
      schema: {
        tags,
        summary: "How this node's validators do, by what the canonical chain says of them",
        querystring: Type.Object({ validator: Type.Optional(Index), offset: Offset, limit: Limit }, { additionalProperties: false }),
        response: { 200: PerformanceAnswer },
      },
    },
    async ({ query }) => {
      headState(source);
      const all = source.served.performance.list() as readonly { readonly index?: number; readonly [field: string]: unknown }[];
      const { validator, offset, limit } = query;
      const chosen = validator === undefined ? all : all.filter(({ index }) => index === validator);
      if (validator !== undefined && chosen.length === 0) throw new NoSuchValidatorError({ validator: `${validator} of this node` });
      return { validators: chosen.slice(offset, offset + limit), next: offset + limit < chosen.length ? offset + limit : null };
    },
  );
}

interface Page {
  readonly status?: ValidatorStatus;
  readonly offset: number;
  readonly limit: number;
}

/** Numbers of the validators of a page; a walk over all with breaks. */
async function pick(source: RouteSource, state: GasperState, account: Address | undefined, { status, offset, limit }: Page) {
  const of = account === undefined ? undefined : state.validatorsOf(account);
  const count = of?.length ?? state.validatorCount;
  const slicer = source.host.slicer();
  const found: number[] = [];
  for (let at = offset; at < count; at++) {
    const index = of === undefined ? at : (of[at] as number);
    if (status !== undefined && validatorStatus(state.validator(index), state.epoch) !== status) {
      if (slicer.due()) await slicer.pause();
      continue;
    }
    if (found.length === limit) return { found, next: at };
    found.push(index);
  }
  return { found, next: null };
}

function standing({ root, slot, state }: StateAfter) {
  return { block: { root: toHex(root), slot }, epoch: state.epoch };
}

function validatorJson(state: GasperState, index: number, prefix: string): Static<typeof ValidatorSchema> {
  const view = state.validator(index);
  return {
    index,
    publicKey: toHex(view.publicKey),
    account: Address.format(view.account, prefix),
    status: validatorStatus(view, state.epoch),
    balance: String(view.balance),
    effectiveBalance: String(view.effectiveIncrements * state.parameters.increment),
    slashed: view.slashed,
    eligibilityEpoch: epochJson(view.eligibilityEpoch),
    activationEpoch: epochJson(view.activationEpoch),
    exitEpoch: epochJson(view.exitEpoch),
    withdrawableEpoch: epochJson(view.withdrawableEpoch),
    inactivityScore: view.inactivityScore,
    participation: { previous: view.previousFlags, current: view.currentFlags },
  };
}

function pendingJson({ publicKey, account, sender, amount, slot }: PendingDeposit, prefix: string): Static<typeof PendingSchema> {
  return {
    publicKey: toHex(publicKey),
    account: Address.format(account, prefix),
    sender: Address.format(sender, prefix),
    amount: String(amount),
    slot,
  };
}

function refusedJson(record: RefusedDepositRecord, prefix: string): Static<typeof RefusedSchema> {
  const { publicKey, sender, amount, epoch } = record;
  return {
    publicKey: toHex(publicKey),
    sender: Address.format(sender, prefix),
    amount: String(amount),
    epoch,
    code: refusalCode(record),
  };
}
