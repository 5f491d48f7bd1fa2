/** What the chain does for its engine (`ConsensusHost`), and nothing else of it. */
import type {
  Candidate,
  Choice,
  ConsensusHost,
  EngineJournal,
  ImportVerdict,
  ProposalFields,
  TreeHeader,
  UnsealedBlock,
} from "../ports/consensus.js";
import type { StateView, StateWriter } from "../ports/state.js";
import type { Block } from "../primitives/block.js";
import type { Bytes } from "../primitives/bytes.js";
import type { Hash } from "../primitives/hash.js";
import type { ChainDependencies } from "./dependencies.js";

/** Headers that one `headers()` call answers at most. */
const HEADERS_MAX = 4_096;

/** What the host needs of the chain. */
export interface HostedChain {
  readonly store: { readonly journal: EngineJournal; idAt(height: number): Hash | undefined };
  choose(choice: Choice): void;
  execute(block: Block): Promise<Candidate>;
  build(parent: Hash, fields: ProposalFields): Promise<UnsealedBlock>;
  import(block: Block, certificate?: Bytes): Promise<ImportVerdict>;
  importCertificate(blockId: Hash, certificate: Bytes): Promise<ImportVerdict>;
  header(id: Hash): TreeHeader | undefined;
  block(id: Hash): Block | undefined;
}

export function consensusHost(chain: HostedChain, dependencies: ChainDependencies, genesis: TreeHeader): ConsensusHost {
  const { spec, clock, scheduler, entropy, compute, signer, logger, treasury } = dependencies;
  return {
    spec,
    genesis,
    clock,
    scheduler,
    entropy,
    compute,
    signer,
    logger,
    treasury,
    journal: chain.store.journal,
    choiceChanged: (choice) => chain.choose(choice),
    execute: (block) => chain.execute(block),
    buildBlock: (parent, fields) => chain.build(parent, fields),
    submit: (block, certificate) => chain.import(block, certificate),
    submitCertificate: (blockId, certificate) => chain.importCertificate(blockId, certificate),
    publish: (channel, message) => dependencies.publish(channel, message),
    header: (id) => chain.header(id),
    block: (id) => chain.block(id),
    headers: (from, count) => {
      const out: TreeHeader[] = [];
      for (let height = from; height < from + Math.min(count, HEADERS_MAX); height++) {
        const id = chain.store.idAt(height);
        const header = id === undefined ? undefined : chain.header(id);
        if (header === undefined) break;
        out.push(header);
      }
      return out;
    },
    rulesAt: (height) => spec.rulesAt(height),
    view: (blockId: Hash): StateView | undefined => dependencies.state.view(blockId),
    scratch: (view: StateView): StateWriter => dependencies.state.scratch(view),
    slicer: () => scheduler.slicer(),
  };
}
