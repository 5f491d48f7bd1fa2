/**
 * Why a light client refuses what it is given. Codes are API.
 *
 * One class of the same shape as the errors of the node (name, code, kind, data, toJSON), so that `ChainwrightError.is` knows it, without
 * importing the node.
 */

/** Data of each error, by its code. */
export interface LightClientErrorData {
  /** The call itself. */
  GASPER_LIGHT_ARGUMENT: { readonly argument: string; readonly reason: string };
  GASPER_LIGHT_ENCODING: { readonly what: "certificate" | "header" | "validator set"; readonly reason: string };
  GASPER_LIGHT_OTHER_CHAIN: { readonly found: string; readonly expected: string };
  GASPER_LIGHT_NOT_TRUSTED: { readonly found: string; readonly expected: string };
  GASPER_LIGHT_NOT_NEWER: { readonly epoch: number; readonly finalized: number };
  GASPER_LIGHT_FUTURE: { readonly epoch: number };
  GASPER_LIGHT_PERIOD: { readonly epochs: number; readonly period: number };
  GASPER_LIGHT_LINK: { readonly reason: string };
  GASPER_LIGHT_VOTER_TWICE: { readonly validator: number };
  GASPER_LIGHT_VOTER_UNKNOWN: { readonly validator: number; readonly epoch: number };
  GASPER_LIGHT_WEIGHT: { readonly voted: number; readonly active: number };
  GASPER_LIGHT_SIGNATURE: Record<string, never>;
  GASPER_LIGHT_PROOF: { readonly reason: string };
  GASPER_LIGHT_COMMITMENT: { readonly reason: string };
  /** The set changed and was not given. */
  GASPER_LIGHT_SET_NEEDED: { readonly root: string };
  GASPER_LIGHT_SET_WRONG: { readonly root: string; readonly computed: string };
}

export type LightClientErrorCode = keyof LightClientErrorData;

const MESSAGES: { readonly [Code in LightClientErrorCode]: (data: LightClientErrorData[Code]) => string } = {
  GASPER_LIGHT_ARGUMENT: ({ argument, reason }) => `${argument}: ${reason}; mend the call`,
  GASPER_LIGHT_ENCODING: ({ what, reason }) => `the ${what} is not well encoded: ${reason}; ask another node`,
  GASPER_LIGHT_OTHER_CHAIN: ({ found, expected }) => `the header is of chain ${found}, not of ${expected}; ask a node of the right chain`,
  GASPER_LIGHT_NOT_TRUSTED: ({ found, expected }) => `the certificate is of block ${found}, trusted is ${expected}; ask for that one's`,
  GASPER_LIGHT_NOT_NEWER: ({ epoch, finalized }) => `the certificate is of epoch ${epoch}, known as final is epoch ${finalized} already`,
  GASPER_LIGHT_FUTURE: ({ epoch }) =>
    `epoch ${epoch}, which the votes are for, has not begun by this clock; set the clock, or ask another node`,
  GASPER_LIGHT_PERIOD: ({ epochs, period }) =>
    `the newest known checkpoint is ${epochs} epochs old, more than the weak subjectivity period of ${period}; begin anew from a recent checkpoint that somebody you trust tells`,
  GASPER_LIGHT_LINK: ({ reason }) => `the votes don't make this header final: ${reason}; ask another node`,
  GASPER_LIGHT_VOTER_TWICE: ({ validator }) => `validator ${validator} is counted twice; ask another node`,
  GASPER_LIGHT_VOTER_UNKNOWN: ({ validator, epoch }) =>
    `validator ${validator} voted, but was not known in epoch ${epoch}; apply the certificates in between first`,
  GASPER_LIGHT_WEIGHT: ({ voted, active }) =>
    `${voted} of ${active} increments voted, less than two thirds; ask another node, or apply the certificates in between first`,
  GASPER_LIGHT_SIGNATURE: () => "the signature is not that of the voters; ask another node",
  GASPER_LIGHT_PROOF: ({ reason }) => `the commitment is not proved: ${reason}; ask another node`,
  GASPER_LIGHT_COMMITMENT: ({ reason }) => `the state commits to no validator set: ${reason}`,
  GASPER_LIGHT_SET_NEEDED: ({ root }) => `the validator set is another one now; give the bytes of set ${root} as well`,
  GASPER_LIGHT_SET_WRONG: ({ root, computed }) => `the validator set has root ${computed}, committed is ${root}; ask for that one`,
};

export class LightClientError<Code extends LightClientErrorCode = LightClientErrorCode> extends Error {
  readonly code: Code;
  readonly kind = "input";
  readonly data: LightClientErrorData[Code];

  constructor(code: Code, data: LightClientErrorData[Code]) {
    super(MESSAGES[code](data));
    this.name = "ChainwrightError";
    this.code = code;
    this.data = data;
  }

  toJSON(): { readonly code: Code; readonly kind: "input"; readonly message: string; readonly data: LightClientErrorData[Code] } {
    return { code: this.code, kind: this.kind, message: this.message, data: { ...this.data } };
  }
}
