/** Keys and certificates: a network's own authority, certificates of nodes, and what any certificate says. */
export {
  AUTHORITY_CERTIFICATE_FILE,
  checkNoNodeCertificate,
  NODE_CERTIFICATE_FILE,
  NODE_KEY_FILE,
  readAuthority,
  readPemFile,
  replaceNodeCertificate,
  writeAuthority,
  writeCertifiedKey,
  writeNodeCertificate,
} from "./certificate-files.js";
export { type ChainVerdict, judgeChain } from "./chain.js";
export { DerReader, DerTag } from "./der.js";
export {
  AuthorityUnusableError,
  CertificateExistsError,
  CertificateFileError,
  CertificateKeyMismatchError,
  CertificateMissingError,
  CertificatePassphraseError,
  CertificatePassphraseMissingError,
  CertificateUnreadableError,
  CertificateValueError,
  OtherAuthorityError,
  PrivateKeyUnreadableError,
} from "./errors.js";
export {
  type CertificateDescription,
  checkKeyMatches,
  describeCertificate,
  fingerprintOf,
  isSelfSigned,
  keyKindOf,
  readCertificates,
  validityOf,
} from "./inspect.js";
export {
  AUTHORITY_DAYS,
  type Authority,
  type AuthorityOptions,
  type CertifiedKey,
  createAuthority,
  type IssuingSource,
  issueCertificate,
  PEER_DAYS,
  type PeerOptions,
  selfSignedCertificate,
} from "./issue.js";
export { nodeIdsIn, nodeUri } from "./node-name.js";
export {
  exportPrivateKey,
  isEncryptedKey,
  openPrivateKey,
  type RandomSource,
  RSA_BITS,
  type RsaBits,
  sealPrivateKey,
} from "./private-key.js";
