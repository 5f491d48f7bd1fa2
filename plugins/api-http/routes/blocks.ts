/** GET /v1/blocks and /v1/blocks/{block}. */
import { Address, type BlockInfo, type ChainView, type Json, present, type Receipt, type Static, Type, toHex } from "../../../core/sdk.js";
import { BlockReference, blockInfoAt } from "../block-reference.js";
import { ApiBlockNotFoundError, ApiBlockPrunedError } from "../errors.js";
import { AddressText, answers, Choice, Freeform, HashText, HeightNumber, HexText, Limit, PAGE_MAX } from "../schemas.js";
import { transactionIdsOf } from "../transaction-ids.js";
import type { ApiApplication, ApiViews } from "../views.js";
import { ReceiptSchema, receiptJson } from "./receipt.js";

const summaryFields = {
  hash: HashText,
  height: HeightNumber,
  parent: HashText,
  timestampMs: Type.Integer({ description: "Milliseconds since the Unix epoch" }),
  proposer: AddressText,
  canonical: Type.Boolean({ description: "On the head's chain; false for a stale block" }),
  finalized: Type.Boolean({ description: "Can't be undone any more" }),
  confirmations: Type.Integer({ description: "Blocks on top of and including this one; 0 for a stale block" }),
  confirmed: Type.Boolean({ description: "Has as many confirmations as the consensus engine asks for, or is final" }),
  transactionCount: Type.Integer({ description: "0 where only the header is here; `sizeBytes` is 0 then, too" }),
  sizeBytes: Type.Integer(),
};

const BlockSummary = Type.Object(summaryFields);

const BlockTransaction = Type.Object({
  id: HashText,
  index: Type.Integer(),
  sizeBytes: Type.Integer(),
  transaction: Freeform,
  receipt: Type.Union([ReceiptSchema, Type.Null()], { description: "null while a stale block is not executed" }),
});

const BlockDetail = Type.Object({
  ...summaryFields,
  chainId: Type.String(),
  signingRoot: HashText,
  transactionsRoot: HashText,
  receiptsRoot: HashText,
  stateRoot: HashText,
  payloadRoot: HashText,
  extra: HexText,
  seal: HexText,
  weight: Type.String({ description: "Cumulative fork-choice weight, decimal" }),
  consensus: Freeform,
  transactions: Type.Array(Type.Union([HashText, BlockTransaction]), {
    description: "Ids, or objects with `transactions=full`, from `offset`",
  }),
  nextOffset: Type.Union([Type.Integer(), Type.Null()], { description: "Pass it as `offset` for more; null at the end" }),
});

const BlockPage = Type.Object({
  blocks: Type.Array(BlockSummary),
  next: Type.Union([HeightNumber, Type.Null()], { description: "Pass it as `from` for the next page; null at the end" }),
});

export function addBlockRoutes(app: ApiApplication, { chain }: ApiViews): void {
  app.get(
    "/v1/blocks",
    {
      schema: {
        tags: ["chain"],
        summary: "Canonical blocks, newest first",
        querystring: Type.Object(
          {
            from: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Height to begin with" })),
            order: Choice(["desc", "asc"], { default: "desc", description: "By height" }),
            limit: Limit,
          },
          { additionalProperties: false },
        ),
        response: answers(BlockPage),
      },
    },
    async ({ query }) => blockPage(chain, query.from, query.order, query.limit),
  );

  app.get(
    "/v1/blocks/:block",
    {
      schema: {
        tags: ["chain"],
        summary: "One block, on any branch",
        params: Type.Object({ block: BlockReference }),
        querystring: Type.Object(
          {
            transactions: Choice(["ids", "full", "none"], { default: "ids" }),
            offset: Type.Integer({ minimum: 0, maximum: 1_048_576, default: 0, description: "First transaction to list" }),
            limit: Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_MAX, description: "How many transactions at most" }),
          },
          { additionalProperties: false },
        ),
        response: answers(BlockDetail),
      },
    },
    async ({ params, query }) => {
      const info = blockInfoAt(chain, params.block, { in: "path", pointer: "/block" });
      const page = query.transactions === "none" ? [] : await transactionsOf(chain, info, query);
      const end = query.offset + page.length;
      return {
        ...detailJson(chain, info),
        transactions: page,
        nextOffset: query.transactions !== "none" && page.length > 0 && end < info.transactionCount ? end : null,
      };
    },
  );
}

function blockPage(chain: ChainView, from: number | undefined, order: "asc" | "desc", limit: number): Static<typeof BlockPage> {
  const head = chain.status().head.header.height;
  const step = order === "desc" ? -1 : 1;
  let height = order === "desc" ? Math.min(from ?? head, head) : (from ?? 0);
  const blocks: Static<typeof BlockSummary>[] = [];
  for (; blocks.length < limit && height >= 0 && height <= head; height += step) {
    const id = chain.idAt(height);
    const info = id === undefined ? undefined : chain.blockInfo(id);
    // Below what a pruned node keeps there is nothing more.
    if (info === undefined) return { blocks, next: null };
    blocks.push(summaryJson(chain, info));
  }
  return { blocks, next: height >= 0 && height <= head ? height : null };
}

function summaryJson(chain: ChainView, info: BlockInfo): Static<typeof BlockSummary> {
  const { header, id } = info.record;
  const { head, finalized } = chain.status();
  const canonical = info.standing === "canonical";
  const isFinal = canonical && header.height <= finalized.header.height;
  const confirmations = canonical ? head.header.height - header.height + 1 : 0;
  return {
    hash: toHex(id),
    height: header.height,
    parent: toHex(header.parent),
    timestampMs: header.timestampMs,
    proposer: Address.format(header.proposer, chain.spec.addressPrefix),
    canonical,
    finalized: isFinal,
    confirmations,
    confirmed: isFinal || (canonical && confirmations >= chain.consensus.confirmations),
    transactionCount: info.transactionCount,
    sizeBytes: info.sizeBytes,
  };
}

function detailJson(chain: ChainView, info: BlockInfo) {
  const { header, id, signingRoot, weight } = info.record;
  return {
    ...summaryJson(chain, info),
    chainId: header.chainId,
    signingRoot: toHex(signingRoot),
    transactionsRoot: toHex(header.transactionsRoot),
    receiptsRoot: toHex(header.receiptsRoot),
    stateRoot: toHex(header.stateRoot),
    payloadRoot: toHex(header.payloadRoot),
    extra: toHex(header.extra),
    seal: toHex(header.seal),
    weight: weight.toString(),
    consensus: chain.consensus.describeHeader(id) as unknown,
  };
}

interface TransactionPage {
  readonly transactions: "ids" | "full" | "none";
  readonly offset: number;
  readonly limit: number;
}

async function transactionsOf(chain: ChainView, info: BlockInfo, page: TransactionPage) {
  const { id, header } = info.record;
  // A header that came without its body says nothing of how many there are: its size is told as 0.
  if (info.transactionCount === 0 && info.sizeBytes > 0) return [];
  const block = await chain.block(id);
  if (block === undefined) {
    const { bodiesFrom } = chain.status();
    if (header.height < bodiesFrom) throw new ApiBlockPrunedError({ block: toHex(id), height: header.height, bodiesFrom, hasHeader: true });
    throw new ApiBlockNotFoundError({ block: toHex(id) });
  }
  const receipts = page.transactions === "full" ? await chain.receipts(id) : undefined;
  const transactions = block.transactions.slice(page.offset, page.offset + page.limit);
  const ids = transactionIdsOf(chain, { header, transactions });
  return transactions.map((raw, at) => {
    const index = page.offset + at;
    const transactionId = toHex(present(ids[at], "each transaction has an id"));
    if (page.transactions === "ids") return transactionId;
    return {
      id: transactionId,
      index,
      sizeBytes: raw.length,
      transaction: describeJson(chain.describeTransaction(raw, header.height)),
      receipt: receiptOrNull(receipts?.[index]),
    };
  });
}

function describeJson(json: Json | undefined): unknown {
  return json ?? null;
}

function receiptOrNull(receipt: Receipt | undefined): Static<typeof ReceiptSchema> | null {
  return receipt === undefined ? null : receiptJson(receipt);
}
