/**
 * Why a TLS handshake ended before there was a peer to judge, told from Node's and OpenSSL's error codes (`ERR_SSL_<REASON>`;
 * alerts of the other side are among them, RFC 8446 section 6). What is the same reason has the same code on both sides.
 */
import { messageOf } from "../../core/sdk.js";
import { RefusalCode } from "./errors.js";

const REASONS: readonly (readonly [pattern: RegExp, code: RefusalCode, message: string])[] = [
  [/^ERR_TLS_HANDSHAKE_TIMEOUT$/, RefusalCode.handshakeTimeout, "the handshake took too long"],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, RefusalCode.handshakeBroken, "it went away during the handshake"],
  [/NO_APPLICATION_PROTOCOL/, RefusalCode.wrongAlpn, "it does not speak chainwright/1"],
  [
    /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE|WRONG_SSL_VERSION/,
    RefusalCode.tlsVersion,
    "it speaks no version of TLS that this node takes",
  ],
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|BAD_RECORD_TYPE|RECORD_TOO_SMALL/,
    RefusalCode.notTls,
    "what it sent is not TLS",
  ],
  [/ALERT/, RefusalCode.tlsAlert, "it ended the handshake: it refuses this node's certificate or parameters"],
];

/** @param error of `tlsClientError`, or of a dialing socket */
export function handshakeRefusal(error: unknown): { readonly code: RefusalCode; readonly message: string } {
  const given = error instanceof Error && "code" in error ? String(error.code) : "";
  for (const [pattern, code, message] of REASONS) if (pattern.test(given)) return { code, message };
  return { code: RefusalCode.tlsFailed, message: `the handshake failed: ${given === "" ? messageOf(error) : given}` };
}
