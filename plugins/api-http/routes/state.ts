/**
 * POST /v1/state/proofs and GET /v1/state/range: the state of any kept block, with proofs for `chainwright/proofs`.
 *
 * The values are inside of the proofs and nowhere else in the answers, so that nobody takes them unverified.
 */
import { type ChainView, fromHex, present, type StateView, type Static, Type, toHex } from "../../../core/sdk.js";
import { BlockReference, blockInfoAt, blockKey, hashIn } from "../block-reference.js";
import { ApiStateNotFoundError, type ParameterProblem } from "../errors.js";
import { answers, HashText, HeightNumber, HexText } from "../schemas.js";
import type { ApiApplication, ApiViews } from "../views.js";

const MAX_KEYS = 256;
const MAX_ENTRIES = 1_000;
const MAX_RANGE_BYTES = 1_048_576;

const KeyText = Type.String({ description: "A state key: 1 to 128 bytes as lower-case hex digits", pattern: "^([0-9a-f]{2}){1,128}$" });
const StateBlock = Type.Union([BlockReference], {
  default: "head",
  description: "State after this block; back to the undo horizon, also in archive mode",
});
const Block = Type.Object({ hash: HashText, height: HeightNumber }, { description: "The state after this block is what is proved" });
const Root = Type.String({ ...HashText, description: "The block's stateRoot. Take it from a header that you trust, not from here" });

const ProofsSchema = Type.Object({
  block: Block,
  root: Root,
  proof: Type.String({
    ...HexText,
    description: "For verifyMultiProof(root, keys, proof) of chainwright/proofs, which answers the values",
  }),
});

const RangeSchema = Type.Object({
  block: Block,
  root: Root,
  from: HashText,
  to: HashText,
  entries: Type.Integer({ description: "How many the proof holds" }),
  next: Type.Union([HashText, Type.Null()], {
    description: "Path of the first entry that did not fit: the next request's from. null: there is none",
  }),
  proof: Type.String({
    ...HexText,
    description: "For verifyRange(root, from, to, proof) of chainwright/proofs, which answers entries and next",
  }),
});

export function addStateRoutes(app: ApiApplication, { chain }: ApiViews): void {
  app.post(
    "/v1/state/proofs",
    {
      schema: {
        tags: ["state"],
        summary: "One proof of the values, or the absence, of many state keys",
        body: Type.Object(
          { keys: Type.Array(KeyText, { minItems: 1, maxItems: MAX_KEYS }), block: Type.Optional(StateBlock) },
          { additionalProperties: false },
        ),
        response: answers(ProofsSchema),
      },
    },
    async ({ body }): Promise<Static<typeof ProofsSchema>> => {
      const { view, block } = stateAt(chain, body.block ?? "head", { in: "body", pointer: "/block" });
      const proof = await view.proveMany(body.keys.map((key) => present(fromHex(key), "the schema checks keys")));
      return { block, root: toHex(view.root), proof: toHex(proof) };
    },
  );
  app.get(
    "/v1/state/range",
    {
      schema: {
        tags: ["state"],
        summary: "All entries of the state in an interval of paths (SHA-256 of the key), with one proof",
        querystring: Type.Object(
          {
            from: Type.String({ ...HashText, default: "00".repeat(32), description: "First path" }),
            to: Type.String({ ...HashText, default: "ff".repeat(32), description: "Last path, included" }),
            entries: Type.Integer({ minimum: 1, maximum: MAX_ENTRIES, default: 256, description: "How many at most" }),
            bytes: Type.Integer({
              minimum: 1,
              maximum: MAX_RANGE_BYTES,
              default: 262_144,
              description: "Size of the proof at most; a single entry may take more",
            }),
            block: StateBlock,
          },
          { additionalProperties: false },
        ),
        response: answers(RangeSchema),
      },
    },
    async ({ query }): Promise<Static<typeof RangeSchema>> => {
      const { view, block } = stateAt(chain, query.block, { in: "query", pointer: "/block" });
      const from = hashIn(query.from, { in: "query", pointer: "/from" });
      const to = hashIn(query.to, { in: "query", pointer: "/to" });
      const { proof, entries, next } = await view.proveRange(from, { to, entries: query.entries, bytes: query.bytes });
      const root = toHex(view.root);
      return { block, root, from: query.from, to: query.to, entries, next: next === undefined ? null : toHex(next), proof: toHex(proof) };
    },
  );
}

function stateAt(
  chain: ChainView,
  reference: string,
  place: Pick<ParameterProblem, "in" | "pointer">,
): { view: StateView; block: { hash: string; height: number } } {
  const info = blockInfoAt(chain, reference, place);
  const view = chain.state(info.record.id);
  if (view === undefined) throw new ApiStateNotFoundError({ block: reference, statesFrom: chain.status().statesFrom });
  return { view, block: { ...blockKey(info) } };
}
