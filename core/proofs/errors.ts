/**
 * Why a proof is refused. Codes are API.
 *
 * One class of the same shape as the errors of the node (name, code, kind, data, toJSON), so that `ChainwrightError.is`
 * knows it, without importing the node.
 */

/** Data of each error, by its code. */
export interface ProofErrorData {
  /** The caller asked for what can't be: not the prover's fault. */
  PROOF_ARGUMENT_INVALID: { readonly argument: "root" | "key" | "keys" | "from" | "to" | "proof"; readonly reason: string };
  PROOF_VERSION_UNKNOWN: { readonly found: number; readonly supported: number };
  PROOF_KIND_WRONG: { readonly found: number; readonly expected: number };
  PROOF_TOO_LARGE: { readonly bytes: number; readonly limit: number };
  PROOF_TOO_MANY_ENTRIES: { readonly limit: number };
  PROOF_TRUNCATED: { readonly atByte: number };
  PROOF_TRAILING_BYTES: { readonly bytes: number };
  PROOF_NOT_CANONICAL: { readonly reason: string };
  PROOF_KEY_INVALID: { readonly bytes: number };
  PROOF_TOO_DEEP: { readonly depth: number };
  PROOF_LEAF_MISPLACED: { readonly depth: number; readonly reason: string };
  PROOF_NODE_HOLLOW: { readonly depth: number };
  PROOF_NEXT_INVALID: { readonly reason: string };
  PROOF_ROOT_MISMATCH: { readonly root: string; readonly computed: string };
}

export type ProofErrorCode = keyof ProofErrorData;

const MESSAGES: { readonly [Code in ProofErrorCode]: (data: ProofErrorData[Code]) => string } = {
  PROOF_ARGUMENT_INVALID: ({ argument, reason }) => `${argument}: ${reason}; mend the call`,
  PROOF_VERSION_UNKNOWN: ({ found, supported }) =>
    `the proof has format ${found}, this verifier reads format ${supported}; update whichever is older`,
  PROOF_KIND_WRONG: ({ found, expected }) => `the proof is of kind ${found}, asked for was kind ${expected} (1 single, 2 multi, 3 range)`,
  PROOF_TOO_LARGE: ({ bytes, limit }) => `the proof has ${bytes} bytes, at most ${limit} are read; ask for less at once`,
  PROOF_TOO_MANY_ENTRIES: ({ limit }) => `the range has more than ${limit} entries; ask for less at once`,
  PROOF_TRUNCATED: ({ atByte }) => `the proof ends early, at byte ${atByte}; ask again, or ask another node`,
  PROOF_TRAILING_BYTES: ({ bytes }) => `${bytes} bytes follow the end of the proof; ask another node`,
  PROOF_NOT_CANONICAL: ({ reason }) => `the proof is not in its one valid form: ${reason}; ask another node`,
  PROOF_KEY_INVALID: ({ bytes }) => `a key in the proof has ${bytes} bytes, keys have 1 to 128; ask another node`,
  PROOF_TOO_DEEP: ({ depth }) => `an inner node at depth ${depth}, where paths end; ask another node`,
  PROOF_LEAF_MISPLACED: ({ depth, reason }) => `a leaf at depth ${depth} ${reason}; ask another node`,
  PROOF_NODE_HOLLOW: ({ depth }) => `the inner node at depth ${depth} has fewer than two leaves below it; ask another node`,
  PROOF_NEXT_INVALID: ({ reason }) => `the range is to be continued, but ${reason}; ask another node`,
  PROOF_ROOT_MISMATCH: ({ root, computed }) => `the proof leads to root ${computed}, not to ${root}; ask another node`,
};

/** A proof that shows nothing, or a call that asks for nothing. Never thrown for anything else. */
export class ProofError<Code extends ProofErrorCode = ProofErrorCode> extends Error {
  readonly code: Code;
  readonly kind = "input";
  readonly data: ProofErrorData[Code];

  constructor(code: Code, data: ProofErrorData[Code]) {
    super(MESSAGES[code](data));
    this.name = "ChainwrightError";
    this.code = code;
    this.data = data;
  }

  toJSON(): { readonly code: Code; readonly kind: "input"; readonly message: string; readonly data: ProofErrorData[Code] } {
    return { code: this.code, kind: this.kind, message: this.message, data: { ...this.data } };
  }
}
