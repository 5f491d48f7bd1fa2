/** Errors of keys and certificates. None of them carries a secret. */
import { defineError } from "../kernel/errors.js";

/** A number or name that no certificate can have. */
export const CertificateValueError = defineError<{ what: string; reason: string }>(
  "CERTIFICATE_VALUE",
  "input",
  ({ what, reason }) => `${what}: ${reason}`,
);

export const CertificateUnreadableError = defineError<{ what: string; reason: string }>(
  "CERTIFICATE_UNREADABLE",
  "input",
  ({ what, reason }) => `${what} holds no certificate: ${reason}; it wants X.509 in PEM (-----BEGIN CERTIFICATE-----)`,
);

export const PrivateKeyUnreadableError = defineError<{ what: string; reason: string }>(
  "CERTIFICATE_KEY_UNREADABLE",
  "input",
  ({ what, reason }) => `${what} holds no private key: ${reason}; it wants PKCS #8 in PEM (-----BEGIN PRIVATE KEY-----), encrypted or not`,
);

export const CertificatePassphraseError = defineError<{ what: string }>(
  "CERTIFICATE_PASSPHRASE",
  "denied",
  ({ what }) => `the passphrase does not open ${what}, or the file was changed`,
);

/** `remedy` names the option that gives the passphrase. */
export const CertificatePassphraseMissingError = defineError<{ what: string; remedy: string }>(
  "CERTIFICATE_PASSPHRASE_MISSING",
  "denied",
  ({ what, remedy }) => `no passphrase for ${what}; ${remedy}`,
);

export const CertificateKeyMismatchError = defineError<{ certificate: string; key: string }>(
  "CERTIFICATE_KEY_MISMATCH",
  "conflict",
  ({ certificate, key }) =>
    `the key ${key} is not the one of the certificate ${certificate}; put the two that belong together, or make new ones with: chainwright tls rotate`,
);

/** The certificate or its key can't issue others. */
export const AuthorityUnusableError = defineError<{ what: string; reason: string }>(
  "CERTIFICATE_AUTHORITY_UNUSABLE",
  "conflict",
  ({ what, reason }) => `${what} can't issue certificates: ${reason}`,
);

/** Nothing is ever written over a key. */
export const CertificateExistsError = defineError<{ path: string; remedy: string }>(
  "CERTIFICATE_EXISTS",
  "conflict",
  ({ path, remedy }) => `${path} is there already and nothing was written; ${remedy}`,
);

export const CertificateMissingError = defineError<{ path: string; remedy: string }>(
  "CERTIFICATE_MISSING",
  "missing",
  ({ path, remedy }) => `there is no ${path}; ${remedy}`,
);

/** A file system's refusal. */
export const CertificateFileError = defineError<{ path: string; reason: string }>(
  "CERTIFICATE_FILE",
  "denied",
  ({ path, reason }) => `${path} can't be used: ${reason}; check the path, its owner, permissions and free space`,
);

/** The peers of a node would refuse what another authority issues. */
export const OtherAuthorityError = defineError<{ directory: string; authority: string }>(
  "CERTIFICATE_OTHER_AUTHORITY",
  "conflict",
  ({ directory, authority }) =>
    `${directory}/ca.pem does not hold the authority ${authority}, so this node's peers would refuse the new certificate; first append the new authority's ca.pem to ca.pem on all nodes`,
);
