/** The checks of a block before execution, in core's order: header, payload, context, seal, certificate. */
import { type Ancestors, type Consensus, NEEDS_STATE, type TreeHeader, type ValidationContext } from "../../ports/consensus.js";
import type { Header } from "../../primitives/block.js";
import { encodeBlock, payloadRootOf } from "../../primitives/block-codec.js";
import { bytesEqual } from "../../primitives/bytes.js";
import type { BlockTree, TreeNode } from "./block-tree.js";
import type { MadeBlock } from "./blocks.js";
import { asRefusal, Refusal } from "./refusal.js";

/** @throws Refusal */
async function contextOf(engine: Consensus, parent: TreeNode, header: Header): Promise<ValidationContext | typeof NEEDS_STATE> {
  try {
    return await engine.contextFor(parent.header, header, parent.view);
  } catch (thrown) {
    throw asRefusal(thrown, "`contextFor`");
  }
}

/** A node for the tree, if the block passes. @throws Refusal */
export async function checkedNode(
  engine: Consensus,
  tree: BlockTree,
  { block, record, certificate }: MadeBlock,
  ancestorsFrom: (parent: TreeHeader) => Ancestors,
): Promise<TreeNode> {
  const parentNode = tree.find(block.header.parent);
  if (parentNode === undefined) throw new Refusal("not-yet", "UNKNOWN_PARENT", "its parent is unknown");
  if (parentNode.invalid) throw new Refusal("invalid", "PARENT", "its parent is invalid");
  const parent = parentNode.header;
  if (block.header.height !== parent.header.height + 1) throw new Refusal("invalid", "HEIGHT", "its height is not its parent's plus one");
  encodeBlock(block);
  try {
    engine.checkHeader(record, ancestorsFrom(parent));
    if (!bytesEqual(payloadRootOf(block.payload), block.header.payloadRoot))
      throw new Refusal("invalid", "PAYLOAD_ROOT", "not its payload");
    if (engine.checkPayload !== undefined) engine.checkPayload(block);
    else if (block.payload.length > 0) throw new Refusal("invalid", "PAYLOAD", "the engine has no payloads");
  } catch (thrown) {
    throw asRefusal(thrown, "`checkHeader` or `checkPayload`");
  }
  const context = await contextOf(engine, parentNode, block.header);
  if (context === NEEDS_STATE) throw new Refusal("not-yet", "NEEDS_STATE", "its parent is not executed");
  const [verdict] = await engine.verifySeals([{ record, context }]);
  if (verdict?.ok !== true) throw new Refusal("invalid", "SEAL", verdict?.reason ?? "no verdict");
  if (engine.traits.certificates) {
    if (certificate === undefined) throw new Refusal("not-yet", "CERTIFICATE", "its certificate is not there");
    const certified = await engine.verifyCertificate?.(record, certificate, context);
    if (certified?.ok !== true) throw new Refusal("invalid", "CERTIFICATE", certified?.reason ?? "no verdict");
  }
  return { header: { ...record, weight: engine.weigh?.(record, parent.weight) ?? 0n }, block, invalid: false };
}
