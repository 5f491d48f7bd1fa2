/** How clients name a block: by height on the canonical chain, by hash on any branch, or by its part in the chain. */
import { type BlockInfo, type ChainView, fromHex, Hash, Type, toHex } from "../../core/sdk.js";
import { ApiBlockNotFoundError, ApiBlockPrunedError, ApiParametersError, type ParameterProblem } from "./errors.js";

export const BlockReference = Type.String({
  minLength: 1,
  maxLength: 64,
  description: "A height, a block hash (64 hex digits), `head`, `justified` or `finalized`",
});

const HEIGHT = /^(?:0|[1-9][0-9]{0,15})$/;
const HASH = /^[0-9a-fA-F]{64}$/;

/**
 * @throws ApiParametersError if it names no block, ApiBlockPrunedError if it is a height from below what the node began with,
 *   ApiBlockNotFoundError if the node does not have it
 */
export function blockInfoAt(chain: ChainView, reference: string, place: Pick<ParameterProblem, "in" | "pointer">): BlockInfo {
  const id = blockIdAt(chain, reference, place);
  const info = id === undefined ? undefined : chain.blockInfo(id);
  if (info !== undefined) return info;
  const height = heightIn(reference);
  const { bodiesFrom } = chain.status();
  if (height !== undefined && height < bodiesFrom)
    throw new ApiBlockPrunedError({ block: reference, height, bodiesFrom, hasHeader: false });
  throw new ApiBlockNotFoundError({ block: reference });
}

function heightIn(reference: string): number | undefined {
  const height = Number(reference);
  return HEIGHT.test(reference) && Number.isSafeInteger(height) ? height : undefined;
}

function blockIdAt(chain: ChainView, reference: string, place: Pick<ParameterProblem, "in" | "pointer">): Hash | undefined {
  if (reference === "head" || reference === "justified" || reference === "finalized") return chain.status()[reference].id;
  const height = heightIn(reference);
  if (height !== undefined) return chain.idAt(height);
  if (HASH.test(reference)) return hashIn(reference, place);
  throw new ApiParametersError({
    problems: [{ ...place, problem: "it is a height, a block hash of 64 hex digits, or one of head, justified, finalized" }],
  });
}

/** A hash as a parameter. @throws ApiParametersError */
export function hashIn(text: string, place: Pick<ParameterProblem, "in" | "pointer">): Hash {
  const bytes = text.length === 64 ? fromHex(text) : undefined;
  if (bytes === undefined) throw new ApiParametersError({ problems: [{ ...place, problem: "it is a hash of 64 hex digits" }] });
  return Hash.from(bytes);
}

/** Key of a block in JSON: `{hash, height}`. */
export function blockKey(info: BlockInfo): { readonly hash: string; readonly height: number } {
  return { hash: toHex(info.record.id), height: info.record.header.height };
}
