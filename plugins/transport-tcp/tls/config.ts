/** The options under `tls` of transport-tcp: whom to trust, and with which key and certificate to be trusted. */
import { type Static, Type } from "../../../core/sdk.js";

const file = (description: string) => Type.Optional(Type.String({ description, minLength: 1, maxLength: 4_096, path: true }));

export const TlsSchema = Type.Object(
  {
    trust: Type.Union([Type.Literal("ca"), Type.Literal("pinned"), Type.Literal("open")], {
      default: "ca",
      description:
        "Whom to connect to. ca: nodes with a certificate of an authority under `ca`. pinned: the node ids under `pinned`, with any certificate. open: anybody, for public networks. In each case the peer proves its node id on this very connection.",
    }),
    certificate: file(
      "The node's certificate (PEM, itself first, then those between it and the authority). Default: tls/certificate.pem in the data directory; with trust pinned or open a self-signed one is made where there is none.",
    ),
    key: file(
      "The certificate's private key (PEM: RSA from 2,048 bits, EC or Ed25519; mode 0600). Default: tls/key.pem in the data directory.",
    ),
    keyPassphraseFile: file("File (0600) whose first line opens an encrypted key."),
    ca: Type.Optional(
      Type.Union(
        [Type.Literal("public"), Type.Array(Type.String({ minLength: 1, maxLength: 4_096, path: true }), { minItems: 1, maxItems: 64 })],
        {
          description:
            "Authorities to trust: files of certificates (PEM), or public for the authorities that Node brings along. Default: tls/ca.pem in the data directory.",
        },
      ),
    ),
    requireNodeId: Type.Optional(
      Type.Boolean({
        description:
          "With trust ca: whether a peer's certificate must name its node id (URI chainwright:node:<id>). A certificate that names one is good for no other node in any case. Default: true, with ca public false.",
      }),
    ),
    pinned: Type.Array(Type.String({ pattern: "^[0-9a-fA-F]{64}$" }), {
      default: [],
      maxItems: 10_000,
      description: "With trust pinned: node ids (64 hex digits) to connect to.",
    }),
    minVersion: Type.Union([Type.Literal("TLSv1.3"), Type.Literal("TLSv1.2")], {
      default: "TLSv1.3",
      description:
        "Oldest version of TLS. 1.2 is for middleboxes that need it: ECDHE with AES-GCM or ChaCha20, and extended master secret.",
    }),
    revoked: file(
      "Revocation list: one `node:<id>`, `sha256:<fingerprint>` or `serial:<number>` a line, `#` begins a comment. Read again when it changes, and held against open connections.",
    ),
    warnBeforeDays: Type.Integer({
      default: 30,
      minimum: 0,
      maximum: 3_650,
      description: "Warn in the log, once a day, when the own certificate or an authority's has less than this many days left.",
    }),
    reloadIntervalMs: Type.Integer({
      default: 5_000,
      minimum: 50,
      maximum: 86_400_000,
      description: "How often to look for new certificates and revocations, ms.",
    }),
  },
  { additionalProperties: false, default: {} },
);

export type TlsConfig = Static<typeof TlsSchema>;
