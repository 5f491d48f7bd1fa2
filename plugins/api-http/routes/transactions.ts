/** GET /v1/transactions/{id} and POST /v1/transactions. */
import {
  type ChainView,
  fromHex,
  type Hash,
  type PoolEntry,
  type Static,
  sha256,
  type TransactionInfo,
  Type,
  toHex,
} from "../../../core/sdk.js";
import { hashIn } from "../block-reference.js";
import { ApiNotReadyError, ApiParametersError, ApiTransactionNotFoundError } from "../errors.js";
import { AmountText, answers, Choice, Freeform, HashText, HeightNumber, HexText } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";
import { ReceiptSchema, receiptJson } from "./receipt.js";

const ProofSchema = Type.Object(
  {
    root: HashText,
    leaf: HashText,
    index: Type.Integer(),
    count: Type.Integer({ description: "Leaves of the list" }),
    siblings: Type.Array(HashText, { description: "From the leaf upward" }),
  },
  { description: "SSZ Merkle proof: leaf = SHA-256 of the raw transaction, root = transactionsRoot of its block" },
);

const TransactionStatus = Type.Object({
  id: HashText,
  status: Choice(["pending", "included", "dropped"]),
  confirmations: Type.Integer({ description: "Blocks on top of and including its own; 0 unless included" }),
  confirmed: Type.Boolean({ description: "Has as many confirmations as the consensus engine asks for, or is final" }),
  finalized: Type.Boolean({ description: "Its block can't be undone any more" }),
  sizeBytes: Type.Optional(Type.Integer()),
  raw: Type.Optional(HexText),
  transaction: Type.Optional(Freeform),
  block: Type.Optional(Type.Object({ hash: HashText, height: HeightNumber, index: Type.Integer() })),
  receipt: Type.Optional(ReceiptSchema),
  proof: Type.Optional(ProofSchema),
  standing: Type.Optional(Choice(["ready", "queued"], { description: "Of a pending one: queued waits for another transaction" })),
  fee: Type.Optional(AmountText),
  reason: Type.Optional(Type.String({ description: "Why it was dropped: replaced, expired, evicted or invalid" })),
});

type TransactionStatusJson = Static<typeof TransactionStatus>;

const Accepted = Type.Object({
  id: HashText,
  standing: Choice(["ready", "queued", "known"], {
    description: "ready: may be in the next block. queued: waits for another transaction. known: had been accepted before",
  }),
});

/** What the answer holds beyond the usual. */
interface Lookup {
  readonly proof: boolean;
  readonly raw: boolean;
}

export function addTransactionRoutes(app: ApiApplication, { chain, mempool, submission, health }: ApiViews): void {
  app.get(
    "/v1/transactions/:id",
    {
      schema: {
        tags: ["transactions"],
        summary: "What became of a transaction",
        params: Type.Object({ id: Type.String({ description: "Transaction id, 64 hex digits" }) }),
        querystring: Type.Object(
          {
            proof: Type.Boolean({ default: true, description: "With a Merkle proof, once included" }),
            raw: Type.Boolean({ default: false, description: "With its raw bytes" }),
          },
          { additionalProperties: false },
        ),
        response: answers(TransactionStatus),
      },
    },
    async ({ params, query }) => transactionJson({ chain, mempool, health }, hashIn(params.id, { in: "path", pointer: "/id" }), query),
  );

  app.post(
    "/v1/transactions",
    {
      schema: {
        tags: ["transactions"],
        summary: "Submit a signed transaction",
        description: "Answers once its signature, nonce and balance have been checked and it is in the mempool's journal.",
        body: {
          content: {
            "application/json": {
              schema: Type.Object({ raw: Type.String({ description: "Raw transaction as hex" }) }, { additionalProperties: false }),
            },
            "application/octet-stream": {
              schema: Type.Unsafe<Buffer>({ description: "Raw transaction", contentMediaType: "application/octet-stream" }),
            },
          },
        },
        response: { 202: Accepted, default: answers(Accepted).default },
      },
    },
    async (request, reply) => {
      const { id, standing } = await submission.submit(rawOf(request.body));
      reply.code(202);
      return { id: toHex(id), standing };
    },
  );
}

/** The raw transaction in a body of either content type, as the route's schemas let it through. */
function rawOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) {
    // A copy: the buffer may be a part of a pool's, which the mempool would keep alive.
    if (body.length > 0) return new Uint8Array(body);
    throw new ApiParametersError({ problems: [{ in: "body", pointer: "", problem: "it is empty" }] });
  }
  const raw = fromHex((body as { readonly raw: string } | null)?.raw ?? "");
  if (raw === undefined || raw.length === 0)
    throw new ApiParametersError({ problems: [{ in: "body", pointer: "/raw", problem: "it is a transaction's bytes as hex digits" }] });
  return raw;
}

async function transactionJson(
  { chain, mempool, health }: Pick<ApiViews, "chain" | "mempool" | "health">,
  id: Hash,
  lookup: Lookup,
): Promise<TransactionStatusJson> {
  // In this order, since it may move from the mempool into a block (or back) while the block is looked up.
  const before = mempool.get(id);
  const included = await chain.transaction(id);
  if (included !== undefined) return includedJson(chain, id, included, lookup);
  const pooled = before ?? mempool.get(id);
  if (pooled !== undefined) return pendingJson(chain, pooled, lookup);
  const reason = mempool.dropped(id);
  if (reason !== undefined) return { ...unconfirmed(id), status: "dropped", reason };
  // While the mempool is being restored, an accepted one may not be back yet: "not found" would be a lie.
  const reasons = health.notReady();
  if (reasons.length > 0) throw new ApiNotReadyError({ reasons });
  throw new ApiTransactionNotFoundError({ id: toHex(id), bodiesFrom: chain.status().bodiesFrom });
}

function unconfirmed(id: Hash) {
  return { id: toHex(id), confirmations: 0, confirmed: false, finalized: false };
}

function pendingJson(chain: ChainView, pooled: PoolEntry, lookup: Lookup): TransactionStatusJson {
  return {
    ...unconfirmed(pooled.id),
    status: "pending",
    standing: pooled.standing,
    fee: pooled.fee.toString(),
    sizeBytes: pooled.raw.length,
    ...(lookup.raw ? { raw: toHex(pooled.raw) } : {}),
    transaction: chain.describeTransaction(pooled.raw, chain.status().head.header.height + 1) ?? null,
  };
}

async function includedJson(chain: ChainView, id: Hash, info: TransactionInfo, lookup: Lookup): Promise<TransactionStatusJson> {
  const { finalized } = chain.status();
  const isFinal = info.height <= finalized.header.height;
  const proof = lookup.proof ? await proofJson(chain, info) : undefined;
  return {
    id: toHex(id),
    status: "included",
    confirmations: info.confirmations,
    confirmed: isFinal || info.confirmations >= chain.consensus.confirmations,
    finalized: isFinal,
    sizeBytes: info.raw.length,
    ...(lookup.raw ? { raw: toHex(info.raw) } : {}),
    transaction: chain.describeTransaction(info.raw, info.height) ?? null,
    block: { hash: toHex(info.blockId), height: info.height, index: info.index },
    receipt: receiptJson(info.receipt),
    ...(proof === undefined ? {} : { proof }),
  };
}

/** Undefined if a reorg took the block away meanwhile. */
async function proofJson(chain: ChainView, info: TransactionInfo): Promise<Static<typeof ProofSchema> | undefined> {
  const block = chain.blockInfo(info.blockId);
  if (block === undefined) return undefined;
  const { index, count, siblings } = await chain.transactionProof(info);
  return { root: toHex(block.record.header.transactionsRoot), leaf: toHex(sha256(info.raw)), index, count, siblings: siblings.map(toHex) };
}
