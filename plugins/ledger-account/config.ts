/** Options of the account ledger: local policy, and what all nodes of a chain share (its chain-spec section). */
import { type Static, Type } from "../../core/sdk.js";

/** Local: how far ahead of the chain this node's mempool lets transactions wait. No consensus rule. */
export const AccountLedgerConfig = Type.Object(
  {
    maxNonceAhead: Type.Integer({
      minimum: 0,
      maximum: 65_536,
      default: 256,
      description: "how many nonces beyond the sender's next one a transaction may have to wait in the mempool",
    }),
    maxValidFromAheadBlocks: Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      default: 1_000,
      description: "how many blocks before its validFrom height a transaction is let into the mempool",
    }),
  },
  { additionalProperties: false },
);
export type AccountLedgerConfig = Static<typeof AccountLedgerConfig>;

const AmountSetting = Type.Union(
  [Type.String({ pattern: "^(0|[1-9][0-9]{0,19})$" }), Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })],
  { description: "smallest unit: an integer, or a decimal string for more than 2^53 - 1" },
);

const NamedModule = Type.Object(
  {
    name: Type.String({ description: "the module's name", pattern: "^[a-z][a-z0-9-]{0,31}$" }),
    namespace: Type.Integer({ description: "its number, and the first byte of its state keys", minimum: 2, maximum: 255 }),
  },
  { additionalProperties: false },
);

/** The `ledger` section of a chain spec. */
export const AccountLedgerSpec = Type.Object(
  {
    allocations: Type.Array(
      Type.Object(
        {
          address: Type.String({ description: "bech32m address with the chain's prefix" }),
          amount: AmountSetting,
        },
        { additionalProperties: false },
      ),
      { default: [], maxItems: 100_000, description: "balances in the genesis state; each address once" },
    ),
    issuance: Type.Object(
      {
        initialPerBlock: AmountSetting,
        halvingIntervalBlocks: Type.Optional(
          Type.Integer({
            minimum: 1,
            description: "blocks after which the amount is halved (rounded down), again and again; absent: never",
          }),
        ),
        maxSupply: Type.Optional(AmountSetting),
      },
      {
        additionalProperties: false,
        default: { initialPerBlock: 0 },
        description: "new coins to each block's proposer, from height 1; maxSupply cuts the last one short",
      },
    ),
    modules: Type.Array(NamedModule, {
      default: [],
      maxItems: 254,
      description: "modules that plugins contribute beside the built-in bank: every node of the chain runs exactly these",
    }),
  },
  { additionalProperties: false },
);
export type AccountLedgerSpec = Static<typeof AccountLedgerSpec>;
