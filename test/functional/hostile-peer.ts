/**
 * A peer in the hands of a test: it speaks TLS, frames and messages as far as the test wants, and no further. It reads with a
 * parser of its own, so that the node's framing is not checked by itself.
 *
 * `RawPeer` is a connection below the protocol: bytes and frames. `HostilePeer` has an identity on top of it and says Hello.
 */
import { once } from "node:events";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { helloPreimage } from "../../core/network/session/hello.js";
import { WireCodec } from "../../core/network/wire/codec.js";
import type { Hello, WireMessage } from "../../core/network/wire/messages.js";
import { type Bytes, concatBytes, fromHex, toHex } from "../../core/primitives/bytes.js";
import { sha256 } from "../../core/primitives/hash.js";
import { publicKeyOf, signMessage } from "../../core/primitives/signing.js";

const HEADER_BYTES = 6;
const FRAGMENT_BYTES = 65_536;
export const FrameKind = { end: 0, more: 1, goodbye: 2 } as const;
/** How long a test waits for what has to happen. */
const PATIENCE_MS = 10_000;

/** Both in PEM; absent: the client has none. */
export interface Credentials {
  readonly certificate?: string;
  readonly key?: string;
}

export interface Goodbye {
  readonly code: string;
  readonly text: string;
}

/** A frame's header, whatever it says. */
export function frameHeader(length: number, channel: number, kind: number): Bytes {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, length);
  header.setUint8(4, channel);
  header.setUint8(5, kind);
  return new Uint8Array(header.buffer);
}

export function frame(channel: number, kind: number, payload: Bytes): Bytes {
  return concatBytes(frameHeader(payload.length, channel, kind), payload);
}

/** All frames of a message. */
export function messageFrames(channel: number, message: Bytes): Bytes {
  const frames: Bytes[] = [];
  for (let at = 0; at === 0 || at < message.length; at += FRAGMENT_BYTES) {
    const isLast = at + FRAGMENT_BYTES >= message.length;
    frames.push(frame(channel, isLast ? FrameKind.end : FrameKind.more, message.subarray(at, at + FRAGMENT_BYTES)));
  }
  return concatBytes(...frames);
}

/** Fails with `what` if `wanted` takes too long. */
export async function within<T>(wanted: Promise<T>, what: string, patienceMs = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing in ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([wanted, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class RawPeer {
  readonly socket: TLSSocket;
  /** What the node gave as its reason, once it did. */
  goodbye: Goodbye | undefined;
  /** Resolves once the connection is gone, with the node's reason if it gave one. */
  readonly closed: Promise<Goodbye | undefined>;
  onMessage: (channel: number, message: Bytes) => void = () => undefined;
  /** Messages that came before anybody took them. */
  #rest: Bytes = new Uint8Array(0);
  readonly #parts = new Map<number, Bytes[]>();

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve(this.goodbye)));
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /**
   * Connects and shakes hands; the certificate of the node is not looked at.
   *
   * @param address tcp://host:port
   * @throws what ends the handshake
   */
  static async connect(address: string, { certificate, key }: Credentials, options: ConnectionOptions = {}): Promise<RawPeer> {
    const { hostname, port } = new URL(address);
    const socket = connect({
      host: hostname,
      port: Number(port),
      ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
      rejectUnauthorized: false,
      ALPNProtocols: ["chainwright/1"],
      minVersion: "TLSv1.3",
      ...options,
    });
    try {
      await within(once(socket, "secureConnect"), "the handshake");
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.on("error", () => undefined);
    socket.setNoDelay(true);
    return new RawPeer(socket);
  }

  write(bytes: Bytes): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  frame(channel: number, kind: number, payload: Bytes): void {
    this.write(frame(channel, kind, payload));
  }

  message(channel: number, message: Bytes): void {
    this.write(messageFrames(channel, message));
  }

  /** Gone without a word. */
  vanish(): void {
    this.socket.destroy();
  }

  #read(chunk: Bytes): void {
    this.#rest = this.#rest.length === 0 ? chunk : concatBytes(this.#rest, chunk);
    while (this.#rest.length >= HEADER_BYTES) {
      const header = new DataView(this.#rest.buffer, this.#rest.byteOffset, HEADER_BYTES);
      const [length, channel, kind] = [header.getUint32(0), header.getUint8(4), header.getUint8(5)];
      if (this.#rest.length < HEADER_BYTES + length) return;
      const payload = this.#rest.slice(HEADER_BYTES, HEADER_BYTES + length);
      this.#rest = this.#rest.subarray(HEADER_BYTES + length);
      this.#take(channel, kind, payload);
    }
  }

  #take(channel: number, kind: number, payload: Bytes): void {
    if (kind === FrameKind.goodbye) {
      const [, code = "", text = ""] = /^(\S*) ?(.*)$/s.exec(new TextDecoder().decode(payload)) ?? [];
      this.goodbye = { code, text };
      this.socket.end();
      return;
    }
    const parts = this.#parts.get(channel) ?? [];
    parts.push(payload);
    if (kind === FrameKind.more) {
      this.#parts.set(channel, parts);
      return;
    }
    this.#parts.delete(channel);
    this.onMessage(channel, concatBytes(...parts));
  }
}

/** Who a peer is, and what it shows for it. */
export interface Identity extends Credentials {
  /** Seed of the Ed25519 key, 32 bytes. */
  readonly seed: Bytes;
}

/** Limits of the chain under test, for the codec. */
export interface ContentLimits {
  readonly blockBytes: number;
  readonly transactionBytes: number;
}

type Answer<T extends WireMessage["type"]> = Extract<WireMessage, { readonly type: T }>;

export class HostilePeer {
  readonly raw: RawPeer;
  readonly identity: Identity;
  readonly codec: WireCodec;
  readonly received: WireMessage[] = [];
  /** Whether pings are answered. */
  isAlive = true;
  /** Called for each message of the node, after the pings. */
  onMessage: (message: WireMessage) => void = () => undefined;
  readonly #waiting = new Set<() => void>();

  private constructor(raw: RawPeer, identity: Identity, codec: WireCodec) {
    this.raw = raw;
    this.identity = identity;
    this.codec = codec;
    raw.onMessage = (channel, bytes) => this.#take(codec.decodeMessage(channel, bytes));
    void raw.closed.then(() => this.#wake());
  }

  /** Connects, and says nothing yet. */
  static async connect(address: string, identity: Identity, limits: ContentLimits): Promise<HostilePeer> {
    return new HostilePeer(await RawPeer.connect(address, identity), identity, new WireCodec(limits, []));
  }

  /** Connects and greets as an honest peer does; resolves when the node has taken it. */
  static async greeted(address: string, identity: Identity, limits: ContentLimits): Promise<HostilePeer> {
    const peer = await HostilePeer.connect(address, identity, limits);
    peer.send(await peer.hello());
    await peer.next("ping");
    return peer;
  }

  get nodeId(): string {
    return toHex(publicKeyOf(this.identity.seed));
  }

  get closed(): Promise<Goodbye | undefined> {
    return within(this.raw.closed, "the node closes the connection");
  }

  send(message: WireMessage): void {
    const { channel, bytes } = this.codec.encodeMessage(message);
    this.raw.message(channel, bytes);
  }

  /**
   * What an honest peer would say, signed for this connection: on the node's chain, with the node's own head.
   *
   * @param changes other values; the signature is over them, unless it is one of them
   */
  async hello(changes: Partial<Hello> = {}): Promise<Hello> {
    const theirs = await this.next("hello");
    const own: Hello = {
      ...theirs,
      role: "dialer",
      nodeId: publicKeyOf(this.identity.seed),
      listenAddresses: [],
      agent: "hostile/1",
      ...changes,
    };
    return "signature" in changes ? own : { ...own, signature: this.sign(own) };
  }

  sign({ genesisId, role, nodeId }: Pick<Hello, "genesisId" | "role" | "nodeId">): Bytes {
    const { socket } = this.raw;
    const hashOf = (raw: Buffer | undefined) => (raw === undefined ? undefined : sha256(raw));
    const preimage = helloPreimage(genesisId, role, nodeId, {
      value: new Uint8Array(socket.exportKeyingMaterial(32, "EXPORTER-chainwright-hello", Buffer.alloc(0))),
      ownCertificateHash: hashOf(socket.getX509Certificate()?.raw),
      otherCertificateHash: hashOf(socket.getPeerX509Certificate()?.raw),
    });
    return signMessage(this.identity.seed, preimage);
  }

  /** The first message of a type that came, or comes, and passes; it is taken out. */
  async next<T extends WireMessage["type"]>(
    type: T,
    passes: (message: Answer<T>) => boolean = () => true,
    patienceMs = PATIENCE_MS,
  ): Promise<Answer<T>> {
    const isWanted = (message: WireMessage): message is Answer<T> => message.type === type && passes(message as Answer<T>);
    return within(
      (async () => {
        for (;;) {
          const index = this.received.findIndex(isWanted);
          const [found] = index < 0 ? [] : this.received.splice(index, 1);
          if (found !== undefined) return found as Answer<T>;
          if (this.raw.socket.destroyed) throw new Error(`no ${type} came: closed with ${this.raw.goodbye?.code ?? "nothing"}`);
          await new Promise<void>((resolve) => this.#waiting.add(resolve));
        }
      })(),
      `a ${type} from the node`,
      patienceMs,
    );
  }

  #take(message: WireMessage): void {
    if (message.type === "ping" && this.isAlive) this.send({ type: "pong", nonce: message.nonce });
    this.received.push(message);
    this.onMessage(message);
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** The key of the `index`-th peer of a test. */
export function seedOf(index: number): Bytes {
  return sha256(fromHex(index.toString(16).padStart(8, "0")) ?? new Uint8Array(0));
}
