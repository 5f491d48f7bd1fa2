/**
 * TLS by certificates: keeps the node's key, certificate and trust in force, takes new ones over while the node runs, and judges
 * its peers.
 *
 * Every refusal is decided after the handshake, never by OpenSSL within it: there it would reach both logs as a connection that
 * was reset. What each code means: README.md beside this file.
 */
import type { ConnectionOptions, TLSSocket, TlsOptions } from "node:tls";
import {
  type Cancellable,
  type Clock,
  type DataDirectory,
  describeCertificate,
  type Entropy,
  type Logger,
  type Metrics,
  messageOf,
  present,
  type Scheduler,
  validityOf,
} from "../../../core/sdk.js";
import type { TlsSecurity, TlsVerdict } from "../tls-security.js";
import type { TlsConfig } from "./config.js";
import { createContexts, type TlsContexts } from "./contexts.js";
import { type CredentialFiles, type Credentials, checkConfig, findFiles, loadCredentials, watchedPaths } from "./credentials.js";
import { TlsRevokedError } from "./errors.js";
import { type Expiring, ExpiryWatch } from "./expiry-watch.js";
import { judgePeer, type TrustPolicy } from "./judge.js";
import { type TlsMetrics, tlsMetrics } from "./metrics.js";
import { type RevocableNames, RevocationList } from "./revocation-list.js";
import { ensureSelfSigned } from "./self-signed.js";
import { WatchedFiles } from "./watched-files.js";

export interface CertificateSecurityDependencies {
  readonly directory: DataDirectory;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly entropy: Entropy;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What is in force; exchanged as a whole. */
interface InForce {
  readonly credentials: Credentials;
  readonly contexts: TlsContexts;
}

/** Files to look at, and how to take them. */
interface Watched {
  readonly what: "certificate" | "revocations";
  readonly files: WatchedFiles;
  take(): Promise<void>;
}

const NOT_STARTED = "TLS is started before its options are asked for";

export class CertificateSecurity implements TlsSecurity {
  readonly #dependencies: CertificateSecurityDependencies;
  readonly #config: TlsConfig;
  readonly #expiry: ExpiryWatch;
  readonly #listeners: (() => void)[] = [];
  /** Open connections, as many as the transport lets be, for revocations to come. */
  readonly #live = new Map<TLSSocket, RevocableNames>();
  #files: CredentialFiles | undefined;
  #inForce: InForce | undefined;
  #policy: TrustPolicy;
  #watched: readonly Watched[] = [];
  #metrics: TlsMetrics | undefined;
  #timer: Cancellable | undefined;
  #turning: Promise<void> | undefined;
  #stopped = false;

  constructor(dependencies: CertificateSecurityDependencies, options: TlsConfig) {
    this.#dependencies = dependencies;
    this.#config = options;
    this.#expiry = new ExpiryWatch(dependencies.logger, options.warnBeforeDays);
    const { trust, pinned, minVersion, requireNodeId = options.ca !== "public" } = options;
    const ids = pinned.map((id) => id.toLowerCase());
    this.#policy = { trust, requireNodeId, pinned: ids, minVersion, revocations: RevocationList.empty };
  }

  /** @throws TRANSPORT_TLS_*, CERTIFICATE_* */
  async start(): Promise<void> {
    checkConfig(this.#config);
    const files = await findFiles(this.#config, this.#dependencies.directory);
    this.#files = files;
    if (files.own) await ensureSelfSigned(files, this.#dependencies);
    this.#watched = [await this.#watchCredentials(files), ...(await this.#watchRevocations())];
    for (const { take } of this.#watched) await take();
    this.#metrics = this.#registerMetrics();
    this.#checkExpiry();
    this.#log("TLS is ready");
    this.#timer = this.#dependencies.scheduler.every(this.#config.reloadIntervalMs, () => this.#onTimer());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#live.clear();
  }

  serverOptions(): TlsOptions {
    return present(this.#inForce, NOT_STARTED).contexts.server;
  }

  clientOptions(): ConnectionOptions {
    return present(this.#inForce, NOT_STARTED).contexts.client;
  }

  judge(socket: TLSSocket): TlsVerdict {
    const judgement = judgePeer(socket, this.#policy);
    if ("refusal" in judgement) return judgement;
    this.#live.set(socket, judgement.names);
    socket.once("close", () => this.#live.delete(socket));
    return { security: judgement.security };
  }

  onRotated(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Reads all files now, changed or not, rather than at the next look.
   *
   * @throws what is wrong with them; then the last good ones stay in force
   */
  async reload(): Promise<void> {
    while (this.#turning !== undefined) await this.#turning;
    await this.#begin(true);
  }

  #onTimer(): void {
    // What is wrong with the files was logged by the turn itself.
    if (this.#turning === undefined) this.#begin(false).catch(() => undefined);
  }

  /** One turn at a time. */
  #begin(force: boolean): Promise<void> {
    const turn = this.#turn(force);
    this.#turning = turn
      .catch(() => undefined)
      .finally(() => {
        this.#turning = undefined;
      });
    return turn;
  }

  async #turn(force: boolean): Promise<void> {
    const refused: unknown[] = [];
    for (const { what, files, take } of this.#watched) {
      const outcome = await files.turn(take, force);
      if (this.#stopped) return;
      if (outcome.taken) this.#metrics?.reloads.increment(1, { what, result: "taken" });
      if (outcome.refused === undefined) continue;
      refused.push(outcome.refused);
      this.#metrics?.reloads.increment(1, { what, result: "refused" });
      this.#dependencies.logger.error(
        { reason: messageOf(outcome.refused) },
        `changed files were not taken over (${what}); the last good ones stay in force`,
      );
    }
    this.#checkExpiry();
    if (refused.length > 0) throw refused[0];
  }

  async #watchCredentials(files: CredentialFiles): Promise<Watched> {
    return { what: "certificate", files: await WatchedFiles.watch(watchedPaths(files)), take: () => this.#takeCredentials(files) };
  }

  async #watchRevocations(): Promise<readonly Watched[]> {
    const { revoked: path } = this.#config;
    if (path === undefined) return [];
    return [{ what: "revocations", files: await WatchedFiles.watch([path]), take: () => this.#takeRevocations(path) }];
  }

  async #takeCredentials(files: CredentialFiles): Promise<void> {
    const { clock, directory, logger } = this.#dependencies;
    const credentials = await loadCredentials(files, this.#config, { directory, nowMs: clock.nowMs(), logger });
    const contexts = createContexts(credentials, this.#config, files.certificate);
    if (this.#stopped) return;
    const before = this.#inForce?.credentials;
    if (before !== undefined && isSame(before, credentials)) return;
    this.#inForce = { credentials, contexts };
    if (before === undefined) return;
    this.#log("new certificates are in force for new connections");
    for (const listener of this.#listeners) listener();
  }

  async #takeRevocations(path: string): Promise<void> {
    const revocations = await RevocationList.read(path);
    if (this.#stopped) return;
    this.#policy = { ...this.#policy, revocations };
    for (const [socket, names] of this.#live) {
      const entry = revocations.entryFor(names);
      if (entry === undefined) continue;
      this.#live.delete(socket);
      this.#metrics?.revokedConnections.increment();
      this.#dependencies.logger.info({ entry }, "an open connection ends: its certificate was revoked");
      socket.destroy(new TlsRevokedError({ entry }));
    }
  }

  #checkExpiry(): void {
    const { credentials } = present(this.#inForce, NOT_STARTED);
    // With other trust nobody looks at dates, and what the node made itself it renews itself.
    if (this.#config.trust !== "ca") return;
    const own = { role: "own certificate", certificate: credentials.leaf, remedy: "renew it with: chainwright tls rotate" };
    const authorities = credentials.authorities.map((certificate): Expiring => {
      return { role: "trusted authority", certificate, remedy: "have its successor in tls.ca on all nodes before that day" };
    });
    this.#expiry.check([own, ...authorities], this.#dependencies.clock.nowMs());
  }

  #registerMetrics(): TlsMetrics {
    const { clock, metrics } = this.#dependencies;
    const inForce = (): Credentials => present(this.#inForce, NOT_STARTED).credentials;
    const secondsLeft = (untilMs: number): number => Math.floor((untilMs - clock.nowMs()) / 1_000);
    const authority = () => secondsLeft(Math.min(...inForce().authorities.map((each) => validityOf(each).validUntilMs)));
    return tlsMetrics(metrics, {
      certificate: () => secondsLeft(validityOf(inForce().leaf).validUntilMs),
      authority: inForce().authorities.length === 0 ? undefined : authority,
      revocations: () => this.#policy.revocations.size,
    });
  }

  #log(message: string): void {
    const { subject, fingerprint, keyKind, nodeIds, validUntilMs } = describeCertificate(
      present(this.#inForce, NOT_STARTED).credentials.leaf,
    );
    const { trust } = this.#config;
    const certificate = present(this.#files, NOT_STARTED).certificate;
    this.#dependencies.logger.info({ trust, certificate, subject, nodeIds, keyKind, fingerprint, validUntilMs }, message);
  }
}

function isSame(a: Credentials, b: Credentials): boolean {
  return a.certificatePem === b.certificatePem && a.keyPem === b.keyPem && a.authorityPems.join("\n") === b.authorityPems.join("\n");
}
