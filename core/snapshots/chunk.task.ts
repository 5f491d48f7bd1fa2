/** Worker entry: checks one chunk of a snapshot away from the main thread. */
export { checkChunk as default } from "./chunk.js";
