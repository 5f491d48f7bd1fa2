/** GET /v1/history/status, /transactions/{id}, /addresses/{address}. */
import { Address, type ApiRoutes, type ChainView, fromHex, Hash, present, type Static, Type, toHex } from "../../core/sdk.js";
import type { HistoryStore } from "./history-store.js";
import type { Progress } from "./progress.js";
import {
  type FoundTransaction,
  type HistoryQueries,
  PAGE_CURSOR_PATTERN,
  PAGE_DEFAULT,
  PAGE_MAX,
  type Validity,
  validity,
} from "./queries.js";

export const HISTORY_PREFIX = "/v1/history";

const HashText = Type.String({ pattern: "^[0-9a-f]{64}$", description: "32 bytes as 64 lower-case hex digits" });
const Height = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const AddressText = Type.String({ maxLength: 90, description: "bech32m with the chain's prefix" });

const validityFields = {
  indexed: Type.Union([Type.Object({ hash: HashText, height: Height }), Type.Null()], {
    description: "The newest indexed block: the answer is what the chain up to it holds. null while nothing is indexed",
  }),
  completeFrom: Type.Integer({
    description: "Lowest height from which every block up to there is indexed; 0 unless old blocks were pruned",
  }),
};

const TransactionSchema = Type.Object({
  id: HashText,
  block: Type.Object({
    hash: HashText,
    height: Height,
    index: Type.Integer({ description: "Position in the block" }),
    timestampMs: Type.Integer({ description: "Milliseconds since the Unix epoch" }),
  }),
  confirmations: Type.Integer({
    description: "Blocks of the node's chain on top of and including its own; 0 while the index is behind a reorg",
  }),
  confirmed: Type.Boolean({ description: "Has as many as the consensus engine asks for, or is final" }),
  finalized: Type.Boolean({ description: "Its block can't be undone any more" }),
  ok: Type.Boolean({ description: "Whether its operation succeeded" }),
  code: Type.String({ description: "Stable code of the failure; empty when ok" }),
  addresses: Type.Array(AddressText, { description: "Whom it concerns, the sender first. Empty where the ledger does not tell" }),
});

const TransactionAnswer = Type.Object({ ...validityFields, transaction: TransactionSchema });

const AddressAnswer = Type.Object({
  ...validityFields,
  address: AddressText,
  transactions: Type.Array(TransactionSchema, { description: "Newest first" }),
  next: Type.Union([Type.String({ pattern: PAGE_CURSOR_PATTERN }), Type.Null()], {
    description: "Pass it as `cursor` for the next page, which new blocks do not shift; null at the end",
  }),
});

const StatusAnswer = Type.Object({
  ...validityFields,
  state: Type.Unsafe<Progress["state"]>({
    type: "string",
    enum: ["starting", "backfilling", "following", "failing"],
    description: "following: at the head. failing: it is tried again, the reason stands beside",
  }),
  headHeight: Height,
  behindBlocks: Type.Integer({ description: "Blocks from the newest indexed one to the head" }),
  blocksPerSecond: Type.Integer({ description: "While backfilling, lately" }),
  event: Type.Integer({ description: "Every chain event up to this sequence is in the index: go on with /v1/events?after=" }),
  gaps: Type.Array(Type.Object({ from: Height, to: Height }), { description: "Heights whose blocks were not kept when they were due" }),
  transactions: Type.Integer({ description: "In the index" }),
  addresses: Type.Boolean({ description: "Whether the ledger tells addresses" }),
  failure: Type.Union([Type.Object({ code: Type.String(), reason: Type.String() }), Type.Null()]),
});

const tags = ["history"];

export interface HistoryRoutesParts {
  readonly chain: ChainView;
  readonly store: HistoryStore;
  readonly queries: HistoryQueries;
  readonly progress: Progress;
}

export function historyRoutes(parts: HistoryRoutesParts): ApiRoutes {
  const { chain, queries } = parts;
  const prefix = chain.spec.addressPrefix;
  return {
    prefix: HISTORY_PREFIX,
    routes: async (app) => {
      app.get("/status", { schema: { tags, summary: "How far the history index has come", response: { 200: StatusAnswer } } }, async () =>
        statusJson(parts),
      );
      app.get<{ Params: { id: string } }>(
        "/transactions/:id",
        {
          schema: {
            tags,
            summary: "Where a transaction is on the canonical chain, and what became of it",
            description: "Known also where the node does not keep its block any more.",
            params: Type.Object({ id: Type.String({ pattern: "^[0-9a-fA-F]{64}$", description: "Transaction id, 64 hex digits" }) }),
            response: { 200: TransactionAnswer },
          },
        },
        async ({ params }): Promise<Static<typeof TransactionAnswer>> => {
          const { transaction, ...valid } = await queries.transaction(Hash.from(present(fromHex(params.id), "the schema checks ids")));
          return { ...validityJson(valid), transaction: transactionJson(transaction, chain) };
        },
      );
      app.get<{ Params: { address: string }; Querystring: { limit: number; cursor?: string } }>(
        "/addresses/:address",
        {
          schema: {
            tags,
            summary: "The transactions that concern an address, newest first",
            description: "Block rewards are no transactions and not listed.",
            params: Type.Object({ address: AddressText }),
            querystring: Type.Object(
              {
                limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT, description: "How many at most" }),
                cursor: Type.Optional(Type.String({ pattern: PAGE_CURSOR_PATTERN, description: "`next` of the page before" })),
              },
              { additionalProperties: false },
            ),
            response: { 200: AddressAnswer },
          },
        },
        async ({ params, query }): Promise<Static<typeof AddressAnswer>> => {
          const address = Address.parse(params.address, prefix);
          const { transactions, next, ...valid } = await queries.ofAddress(address, query.limit, query.cursor);
          return {
            ...validityJson(valid),
            address: Address.format(address, prefix),
            transactions: transactions.map((transaction) => transactionJson(transaction, chain)),
            next: next ?? null,
          };
        },
      );
    },
  };
}

function validityJson({ indexed, completeFrom }: Validity) {
  return { indexed: indexed === undefined ? null : { hash: toHex(indexed.id), height: indexed.height }, completeFrom };
}

function transactionJson(found: FoundTransaction, chain: ChainView): Static<typeof TransactionSchema> {
  const { id, blockId, height, position, timestampMs, code, addresses } = found;
  const { head, finalized } = chain.status();
  const canonical = chain.idAt(height);
  const isCanonical = canonical !== undefined && Hash.key(canonical) === Hash.key(blockId);
  const isFinal = isCanonical && height <= finalized.header.height;
  const confirmations = isCanonical ? head.header.height - height + 1 : 0;
  return {
    id: toHex(id),
    block: { hash: toHex(blockId), height, index: position, timestampMs },
    confirmations,
    confirmed: isFinal || (isCanonical && confirmations >= chain.consensus.confirmations),
    finalized: isFinal,
    ok: code === "",
    code,
    addresses: addresses.map((address) => Address.format(address, chain.spec.addressPrefix)),
  };
}

function statusJson({ chain, store, progress }: HistoryRoutesParts): Static<typeof StatusAnswer> {
  const { cursor } = store;
  const headHeight = chain.status().head.header.height;
  return {
    ...validityJson(validity(cursor)),
    state: progress.state,
    headHeight,
    behindBlocks: Math.max(0, headHeight - cursor.height),
    blocksPerSecond: progress.blocksPerSecond,
    event: cursor.sequence,
    gaps: cursor.gaps.map(({ from, to }) => ({ from, to })),
    transactions: cursor.transactions,
    addresses: chain.ledger.tellsAddresses,
    failure: progress.failure === undefined ? null : { ...progress.failure },
  };
}
