/**
 * transport-plain: frames over plain TCP, without encryption, for links that are protected otherwise (a VPN, one machine).
 *
 * A template for transports: framing with fragments, a limit for each channel before anything is kept, priorities,
 * backpressure in both directions, close reasons. Both ends contribute random bytes to `security.value`, so an identity
 * handshake can be bound to the connection; against someone in the middle only an encrypted transport helps.
 *
 * Wire: hello = 32 random bytes from each side; then frames: length (4, big-endian) ‖ channel (1) ‖ kind (1) ‖ payload. Kind 0
 * ends a message, 1 is a full fragment of one that goes on, 2 says goodbye: its payload is `CODE message`.
 */
import { createConnection, createServer, type Server, type Socket } from "node:net";
import {
  type Bytes,
  type ChannelSpec,
  type CloseReason,
  type Connection,
  type ConnectionSecurity,
  concatBytes,
  defineError,
  definePlugin,
  domainTag,
  ENTROPY,
  type Entropy,
  PLUGIN_CONFIG,
  type Plugin,
  SCHEDULER,
  type Scheduler,
  type Static,
  sha256Of,
  TRANSPORT,
  type Transport,
  Type,
} from "chainwright/sdk";

const Config = Type.Object(
  {
    host: Type.String({ description: "Address to listen on", default: "127.0.0.1" }),
    port: Type.Integer({ description: "Port to listen on; 0: any free one", default: 0, minimum: 0, maximum: 65_535 }),
  },
  { additionalProperties: false },
);

const TransportPlainError = defineError<{ reason: string }>("TRANSPORT_PLAIN", "unavailable", ({ reason }) => reason);

const HELLO_BYTES = 32;
const HEADER_BYTES = 6;
const FRAGMENT_BYTES = 65_536;
const [END, MORE, GOODBYE] = [0, 1, 2];
const GOODBYE_BYTES_MAX = 256;
/** Whoever does not say hello, or does not take a goodbye, within this time is cut off. */
const HELLO_PATIENCE_MS = 5_000;
const GOODBYE_PATIENCE_MS = 500;
/** Above this many unsent bytes `send` answers `wait`; whoever goes on all the same loses the connection at the second. */
const SEND_BYTES_HIGH = 1_048_576;
const SEND_BYTES_MAX = 64 * SEND_BYTES_HIGH;
const CONNECTIONS_MAX = 256;
const TAG = domainTag("cw/plain/1");

class PlainConnection implements Connection {
  readonly #outgoing = new Map<number, Bytes[]>();
  readonly #incoming = new Map<number, { parts: Bytes[]; bytes: number }>();
  #rest: Bytes = new Uint8Array(0);
  #unsent = 0;
  #full = false;
  #paused = false;
  #listening = false;
  #closed: CloseReason | undefined;
  #onMessage: (channel: number, message: Bytes) => void = () => undefined;
  #onDrain: () => void = () => undefined;
  #onClose: (reason: CloseReason) => void = () => undefined;

  constructor(
    private readonly socket: Socket,
    private readonly channels: ReadonlyMap<number, ChannelSpec>,
    readonly direction: "inbound" | "outbound",
    readonly security: ConnectionSecurity,
    readonly remoteAddress: string,
    private readonly scheduler: Scheduler,
  ) {
    socket.on("data", (chunk) => this.#read(chunk));
    socket.pause();
    socket.on("drain", () => this.#drain());
    socket.on("error", (error) => this.#end("TRANSPORT_BROKEN", error.message, false));
    socket.on("close", () => this.#end("TRANSPORT_CLOSED", "the other side closed the connection", false));
  }

  send(channel: number, message: Bytes): "sent" | "wait" | "closed" {
    if (this.#closed !== undefined) return "closed";
    const spec = this.channels.get(channel);
    if (spec === undefined || message.length > spec.maxMessageBytes)
      throw new TransportPlainError({ reason: `channel ${channel} does not take ${message.length} bytes` });
    if (this.#full && this.#unsent + message.length > SEND_BYTES_MAX) {
      void this.close("TRANSPORT_QUEUE_FULL", "the sender did not wait when it was told to");
      return "closed";
    }
    const queue = this.#outgoing.get(channel) ?? [];
    for (let at = 0; at === 0 || at < message.length; at += FRAGMENT_BYTES) {
      const part = message.subarray(at, at + FRAGMENT_BYTES);
      queue.push(frame(channel, at + FRAGMENT_BYTES < message.length ? MORE : END, part));
      this.#unsent += HEADER_BYTES + part.length;
    }
    this.#outgoing.set(channel, queue);
    this.#write();
    if (this.#unsent > SEND_BYTES_HIGH) this.#full = true;
    return this.#full ? "wait" : "sent";
  }

  /** Hands frames to the socket, most urgent channel first, as long as it takes them. */
  #write(): void {
    while (this.#closed === undefined && !this.socket.writableNeedDrain) {
      const urgent = [...this.#outgoing.keys()].sort(
        (a, b) => (this.channels.get(a)?.priority ?? 0) - (this.channels.get(b)?.priority ?? 0),
      )[0];
      const queue = urgent === undefined ? undefined : this.#outgoing.get(urgent);
      const next = queue?.shift();
      if (urgent === undefined || queue === undefined || next === undefined) break;
      if (queue.length === 0) this.#outgoing.delete(urgent);
      this.#unsent -= next.length;
      this.socket.write(next);
    }
  }

  #drain(): void {
    this.#write();
    if (!this.#full || this.#closed !== undefined || this.#unsent > SEND_BYTES_HIGH / 2) return;
    this.#full = false;
    this.#onDrain();
  }

  #read(chunk: Bytes): void {
    if (this.#closed !== undefined) return;
    this.#rest = this.#rest.length === 0 ? chunk : concatBytes(this.#rest, chunk);
    while (this.#closed === undefined && this.#reads && this.#rest.length >= HEADER_BYTES) {
      const header = new DataView(this.#rest.buffer, this.#rest.byteOffset, HEADER_BYTES);
      const [length, channel, kind] = [header.getUint32(0), header.getUint8(4), header.getUint8(5)];
      // Before anything of the frame is waited for or kept.
      const fault = this.#faultOf(channel, kind, length);
      if (fault !== undefined) {
        void this.close(...fault);
        return;
      }
      if (this.#rest.length < HEADER_BYTES + length) return;
      const payload = this.#rest.slice(HEADER_BYTES, HEADER_BYTES + length);
      this.#rest = this.#rest.subarray(HEADER_BYTES + length);
      if (kind === GOODBYE) {
        this.#left(payload);
        return;
      }
      const message = this.#incoming.get(channel) ?? { parts: [], bytes: 0 };
      message.parts.push(payload);
      message.bytes += length;
      if (kind === MORE) this.#incoming.set(channel, message);
      else {
        this.#incoming.delete(channel);
        this.#onMessage(channel, concatBytes(...message.parts));
      }
    }
  }

  /** Why a frame is not taken: code and message. */
  #faultOf(channel: number, kind: number, length: number): [string, string] | undefined {
    const isWhole = kind === END ? length <= FRAGMENT_BYTES : kind === MORE ? length === FRAGMENT_BYTES : length <= GOODBYE_BYTES_MAX;
    if (kind > GOODBYE || !isWhole) return ["TRANSPORT_BAD_FRAME", "frames are ends of messages, full fragments or goodbyes"];
    if (kind === GOODBYE) return undefined;
    const spec = this.channels.get(channel);
    if (spec === undefined) return ["TRANSPORT_UNKNOWN_CHANNEL", `there is no channel ${channel}`];
    const bytes = (this.#incoming.get(channel)?.bytes ?? 0) + length;
    return bytes <= spec.maxMessageBytes
      ? undefined
      : ["TRANSPORT_MESSAGE_TOO_LARGE", `channel ${channel} takes ${spec.maxMessageBytes} bytes`];
  }

  /** The other side says why it goes. */
  #left(payload: Bytes): void {
    const [, code, message] = /^([A-Z][A-Z0-9_]{0,63}) (.*)$/s.exec(new TextDecoder().decode(payload)) ?? [];
    this.#end(code ?? "TRANSPORT_CLOSED", message ?? "the other side closed the connection", false);
  }

  /** What was sent before still goes out, and the reason after it. */
  async close(code: string, message: string): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#closed = { code, message, local: true };
    for (const queue of this.#outgoing.values()) for (const each of queue) this.socket.write(each);
    const reason = new TextEncoder().encode(`${code} ${message}`).subarray(0, GOODBYE_BYTES_MAX);
    const cutOff = this.scheduler.after(GOODBYE_PATIENCE_MS, () => this.socket.destroy());
    this.#onClose(this.#closed);
    await new Promise<void>((resolve) => {
      this.socket.once("close", resolve);
      this.socket.end(frame(0, GOODBYE, reason));
      // What still comes in is read and dropped: unread bytes would turn the goodbye into a reset.
      this.socket.resume();
    });
    cutOff.cancel();
  }

  #end(code: string, message: string, local: boolean): void {
    if (this.#closed !== undefined) return;
    this.#closed = { code, message, local };
    this.socket.destroy();
    this.#onClose(this.#closed);
  }

  onMessage(listener: (channel: number, message: Bytes) => void): void {
    this.#onMessage = listener;
    this.#listening = true;
    if (!this.#paused) this.resume();
  }
  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }
  onClose(listener: (reason: CloseReason) => void): void {
    this.#onClose = listener;
    if (this.#closed !== undefined) listener(this.#closed);
  }
  pause(): void {
    this.#paused = true;
    if (this.#closed === undefined) this.socket.pause();
  }
  resume(): void {
    this.#paused = false;
    if (this.#closed === undefined) this.#read(new Uint8Array(0));
    if (this.#reads) this.socket.resume();
  }

  /** Not until somebody listens, and not while the listener pauses. */
  get #reads(): boolean {
    return this.#listening && !this.#paused;
  }
}

function frame(channel: number, kind: number, payload: Bytes): Bytes {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, payload.length);
  header.setUint8(4, channel);
  header.setUint8(5, kind);
  return concatBytes(new Uint8Array(header.buffer), payload);
}

class PlainTransport implements Transport, Plugin {
  static readonly inject = [PLUGIN_CONFIG, ENTROPY, SCHEDULER];
  readonly scheme = "plain";
  #channels: ReadonlyMap<number, ChannelSpec> = new Map();
  #server: Server | undefined;
  #stopped = false;
  readonly #open = new Set<Connection>();
  /** Also those that have not said hello yet. */
  readonly #sockets = new Set<Socket>();

  constructor(
    private readonly config: Static<typeof Config>,
    private readonly entropy: Entropy,
    private readonly scheduler: Scheduler,
  ) {}

  configure(channels: readonly ChannelSpec[]): void {
    this.#channels = new Map(channels.map((channel) => [channel.number, channel]));
  }

  async listen(onConnection: (connection: Connection) => void): Promise<readonly string[]> {
    const server = createServer({ noDelay: true }, (socket) => {
      this.#greet(socket, "inbound").then(onConnection, () => socket.destroy());
    });
    server.maxConnections = CONNECTIONS_MAX;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.config.port, this.config.host, resolve);
    });
    const bound = server.address();
    return typeof bound === "object" && bound !== null ? [`plain://${this.config.host}:${bound.port}`] : [];
  }

  async dial(address: string, signal: AbortSignal): Promise<Connection> {
    let socket: Socket | undefined;
    const abort = () => socket?.destroy(new Error("the dial was given up"));
    try {
      signal.throwIfAborted();
      if (this.#stopped) throw new Error("this transport was closed");
      const { protocol, hostname, port } = new URL(address);
      if (protocol !== "plain:") throw new Error("it does not begin with plain://");
      socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
      signal.addEventListener("abort", abort, { once: true });
      return await this.#greet(socket, "outbound");
    } catch (error) {
      socket?.destroy();
      throw new TransportPlainError({ reason: `can't reach ${address}: ${error instanceof Error ? error.message : String(error)}` }, error);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async stop(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    const closed = new Promise((resolve) => (this.#server === undefined ? resolve(undefined) : this.#server.close(resolve)));
    await Promise.all([...this.#open].map((connection) => connection.close("TRANSPORT_STOPPING", "the node is stopping")));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Exchanges hellos, from which both ends derive the value that only they share. */
  async #greet(socket: Socket, direction: "inbound" | "outbound"): Promise<Connection> {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // There is always somebody to hear of an error, also between this greeting and the connection.
    socket.on("error", () => undefined);
    const cutOff = this.scheduler.after(HELLO_PATIENCE_MS, () => socket.destroy(new Error("no hello came in time")));
    socket.once("close", () => cutOff.cancel());
    const own = this.entropy.bytes(HELLO_BYTES);
    socket.write(own);
    const theirs = await new Promise<Bytes>((resolve, reject) => {
      const onReadable = () => {
        const hello = socket.read(HELLO_BYTES) as Bytes | null;
        if (hello === null) return;
        socket.off("readable", onReadable);
        resolve(hello);
      };
      socket.on("readable", onReadable);
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("closed before its hello")));
    });
    cutOff.cancel();
    const value = direction === "inbound" ? sha256Of(TAG, own, theirs) : sha256Of(TAG, theirs, own);
    const remote = `plain://${socket.remoteAddress ?? "?"}:${socket.remotePort ?? 0}`;
    const connection = new PlainConnection(socket, this.#channels, direction, { kind: "binding", value }, remote, this.scheduler);
    this.#open.add(connection);
    socket.once("close", () => this.#open.delete(connection));
    return connection;
  }
}

export default definePlugin({
  id: "transport-plain",
  version: "0.1.0",
  ports: "^0.1.0",
  description: "Frames over plain TCP, for links that are protected otherwise",
  provides: [TRANSPORT],
  requires: [ENTROPY, SCHEDULER],
  config: Config,
  plugin: PlainTransport,
});
