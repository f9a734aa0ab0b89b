import { once } from 'node:events';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy to a server, whose line can be cut, silenced and closed. */
export class UnreliableLine implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  #onAnswer: (() => void) | undefined;

  private constructor(
    private readonly listener: Server,
    /** The same connection string, by way of this line. */
    readonly connectionString: string,
  ) {}

  static async to(connectionString: string): Promise<UnreliableLine> {
    const [, before = '', host = '', port = '2113', after = ''] =
      /^([^:]+:\/\/(?:[^@/]*@)?)([^:/?,]+)(?::(\d+))?(.*)$/.exec(connectionString) ?? [];
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    if (typeof address !== 'object' || address === null) throw new Error('the line has no port');
    const line = new UnreliableLine(listener, `${before}127.0.0.1:${address.port}${after}`);
    listener.on('connection', (socket) => line.#join(socket, connectTo(Number(port), host)));
    return line;
  }

  /** Ends every connection. New ones can be made. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The server's next words are lost, and the line with them. */
  cutAtNextAnswer(): void {
    this.#onAnswer = () => this.cut();
  }

  /** Nothing more is heard on the connections that there are, though they stay. */
  silence(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }

  #join(client: Socket, server: Socket): void {
    server.prependListener('data', () => {
      this.#onAnswer?.();
      this.#onAnswer = undefined;
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
