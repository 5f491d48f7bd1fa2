/** Finality certificates: made when a checkpoint becomes final, kept for light clients. */
export { CertificateMaker, type CertificateMakerParts } from "./maker.js";
export { CertificateStore, type KeptCertificate } from "./store.js";
