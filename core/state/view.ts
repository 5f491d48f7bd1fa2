/** The state after one block as the rest of the node reads it. */
import type { RangeLimits, RangeProof, StateView } from "../ports/state.js";
import type { Bytes, Hash } from "../primitives/index.js";
import { RootUnknownError, ViewGoneError } from "./errors.js";
import type { KeyText } from "./key-text.js";
import { checkedKey } from "./overlay.js";
import type { Version } from "./version.js";

/** What a view needs of the store. */
export interface ViewReader {
  read(version: Version, text: KeyText): Bytes | undefined;
  prefetch(version: Version, texts: readonly KeyText[]): Promise<void>;
  prove(version: Version, text: KeyText): Promise<Bytes>;
  proveMany(version: Version, texts: readonly KeyText[]): Promise<Bytes>;
  proveRange(version: Version, from: Hash, limits: RangeLimits): Promise<RangeProof>;
}

export class VersionView implements StateView {
  constructor(
    private readonly version: Version,
    private readonly reader: ViewReader,
  ) {}

  get blockId(): Hash {
    return this.version.blockId;
  }

  /** @throws STATE_ROOT_UNKNOWN if its overlay put the root off and none was declared */
  get root(): Hash {
    const { version } = this;
    if (version.gone) throw new ViewGoneError({ blockId: version.key });
    const root = version.root ?? version.declaredRoot;
    if (root === undefined) throw new RootUnknownError({ blockId: version.key });
    return root;
  }

  get(key: Bytes): Bytes | undefined {
    return this.reader.read(this.version, checkedKey(key));
  }

  prefetch(keys: readonly Bytes[]): Promise<void> {
    return this.reader.prefetch(this.version, keys.map(checkedKey));
  }

  async prove(key: Bytes): Promise<Bytes> {
    return this.reader.prove(this.version, checkedKey(key));
  }

  async proveMany(keys: readonly Bytes[]): Promise<Bytes> {
    return this.reader.proveMany(this.version, keys.map(checkedKey));
  }

  async proveRange(from: Hash, limits: RangeLimits): Promise<RangeProof> {
    return this.reader.proveRange(this.version, from, limits);
  }
}
