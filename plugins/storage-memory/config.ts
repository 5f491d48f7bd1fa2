/** Options of storage-memory: there are none. */
import { type Static, Type } from "../../core/sdk.js";

export const StorageMemoryConfig = Type.Object({}, { additionalProperties: false });

export type StorageMemoryOptions = Static<typeof StorageMemoryConfig>;
