/**
 * GET /v1/accounts/{address}.
 *
 * What an account is belongs to the ledger; only `pendingNonce` is worked out here, and only where the ledger's accounts
 * and transactions have a field `nonce`: the next nonce to sign with, after what is in the mempool.
 */
import {
  Address,
  type ChainView,
  ChainwrightError,
  fromHex,
  type Json,
  type MempoolView,
  type StateView,
  type Static,
  Type,
  toHex,
} from "../../../core/sdk.js";
import { BlockReference, blockInfoAt, blockKey } from "../block-reference.js";
import { ApiStateNotFoundError } from "../errors.js";
import { AddressText, answers, Freeform, HashText, HeightNumber, HexText } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";

const AccountProofSchema = Type.Object(
  { root: HashText, keys: Type.Array(HexText), proof: HexText },
  {
    description:
      "Multi-proof of the account's keys in the state: verifyMultiProof(root, keys, proof) of chainwright/proofs answers their values. root is the block's stateRoot",
  },
);

const AccountSchema = Type.Object({
  address: AddressText,
  block: Type.Object({ hash: HashText, height: HeightNumber }, { description: "The state after this block is what is told" }),
  account: Freeform,
  pendingNonce: Type.Optional(Type.Integer({ description: "Next nonce to use, after those in the mempool" })),
  proof: Type.Optional(AccountProofSchema),
});

/** Keys that modules may read of one account beside those that the ledger names. */
const MAX_READS = 256;
/** Of one sender's transactions, how many are looked at. Above the bound that mempools have. */
const MAX_POOLED = 1_024;

export function addAccountRoutes(app: ApiApplication, { chain, mempool }: ApiViews): void {
  app.get(
    "/v1/accounts/:address",
    {
      schema: {
        tags: ["accounts"],
        summary: "An account as the ledger sees it",
        params: Type.Object({ address: AddressText }),
        querystring: Type.Object(
          {
            block: Type.Union([BlockReference], {
              default: "head",
              description: "State after this block, from statesFrom of /v1/status on",
            }),
            proof: Type.Boolean({
              default: false,
              description: "With proofs against the block's stateRoot; there are none below the undo horizon, archive mode or not",
            }),
          },
          { additionalProperties: false },
        ),
        response: answers(AccountSchema),
      },
    },
    async ({ params, query }): Promise<Static<typeof AccountSchema>> => {
      const address = Address.parse(params.address, chain.spec.addressPrefix);
      const info = blockInfoAt(chain, query.block, { in: "query", pointer: "/block" });
      const view = chain.state(info.record.id);
      if (view === undefined) throw new ApiStateNotFoundError({ block: query.block, statesFrom: chain.status().statesFrom });
      const keys = chain.accountKeys(address);
      await view.prefetch(keys);
      const account = await described(chain, address, view);
      const pendingNonce = query.block === "head" ? pendingNonceOf(chain, mempool, address, account) : undefined;
      return {
        address: Address.format(address, chain.spec.addressPrefix),
        block: blockKey(info),
        account,
        ...(pendingNonce === undefined ? {} : { pendingNonce }),
        ...(query.proof ? { proof: { root: toHex(view.root), keys: keys.map(toHex), proof: toHex(await view.proveMany(keys)) } } : {}),
      };
    },
  );
}

/**
 * An old state (archive mode) answers only for keys that were prefetched. A module of the ledger may read others than the
 * account's own: each that it asks for is fetched, and it is asked again.
 */
async function described(chain: ChainView, address: Address, view: StateView): Promise<Json> {
  for (let tries = 0; ; tries++) {
    try {
      return chain.describeAccount(address, view);
    } catch (error) {
      const wanted =
        ChainwrightError.is(error) && error.code === "STATE_NOT_PREFETCHED" ? (error.data as { readonly key?: string }).key : undefined;
      const key = wanted === undefined ? undefined : fromHex(wanted);
      if (key === undefined || tries >= MAX_READS) throw error;
      await view.prefetch([key]);
    }
  }
}

function pendingNonceOf(chain: ChainView, mempool: MempoolView, address: Address, account: Json): number | undefined {
  let nonce = nonceIn(account);
  if (nonce === undefined) return undefined;
  const height = chain.status().head.header.height + 1;
  const taken = new Set<number>();
  for (const entry of mempool.ofSender(Address.format(address, chain.spec.addressPrefix)).slice(0, MAX_POOLED)) {
    const pooled = nonceIn(chain.describeTransaction(entry.raw, height) ?? null);
    if (pooled !== undefined) taken.add(pooled);
  }
  while (taken.has(nonce)) nonce++;
  return nonce;
}

function nonceIn(json: Json): number | undefined {
  if (json === null || typeof json !== "object" || Array.isArray(json)) return undefined;
  const { nonce } = json as { readonly [key: string]: Json };
  return typeof nonce === "number" && Number.isSafeInteger(nonce) ? nonce : undefined;
}
