/** A wire between two nodes that can be cut, mended and made slow: bytes pass through this process as they are. */
import { createServer, type Server, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Pieces are small, so that a slow wire is slow evenly. */
const PIECE_BYTES = 16_384;

export class Link {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #targetPort: number | undefined;
  #isCut = false;
  /** Towards the one who dialed; infinite: as fast as it goes. */
  bytesPerSecond = Number.POSITIVE_INFINITY;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (near) => this.#join(near));
  }

  static async open(targetPort?: number): Promise<Link> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const link = new Link(server);
    link.#targetPort = targetPort;
    return link;
  }

  /** Where to dial instead of the target. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  leadsTo(port: number): void {
    this.#targetPort = port;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.#isCut || this.#targetPort === undefined) {
      near.destroy();
      return;
    }
    const far = new Socket();
    const end = () => {
      for (const socket of [near, far]) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true).on("error", end).on("close", end);
    }
    far.connect(this.#targetPort, "127.0.0.1");
    near.pipe(far);
    void this.#carry(far, near).catch(end);
  }

  async #carry(from: Socket, to: Socket): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const piece = chunk.subarray(at, at + PIECE_BYTES);
        if (to.destroyed) return;
        const isFull = !to.write(piece);
        if (Number.isFinite(this.bytesPerSecond)) await delay((1_000 * piece.length) / this.bytesPerSecond);
        else if (isFull) await new Promise((resolve) => to.once("drain", resolve).once("close", resolve));
      }
    }
    to.end();
  }
}
