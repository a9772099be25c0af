/**
 * What carries bytes for the test client: a TCP connection, or something that looks like one. It
 * reads only when asked, so that a slow reader is slow down to the server's socket.
 */

/** A connection. */
export interface Wire {
  /** The next bytes; undefined once the other side has ended. Throws when the connection broke. */
  read(): Promise<Uint8Array | undefined>;
  /** Calls may overlap; bytes keep the order of the calls. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends our direction only. */
  closeWrite(): Promise<void>;
  close(): void;
}

const readBytes = 64 * 1024;

/** A TCP connection, or TLS when `caCertificate` is given. */
export async function connect(
  address: { readonly hostname: string; readonly port: number },
  caCertificate?: string,
): Promise<TcpWire> {
  if (caCertificate !== undefined) {
    return new TcpWire(await Deno.connectTls({ ...address, caCerts: [caCertificate] }));
  }
  const connection = await Deno.connect(address);
  connection.setNoDelay(true);
  return new TcpWire(connection);
}

/** A socket. */
export class TcpWire implements Wire {
  #writes: Promise<void> = Promise.resolve();
  #unread: Uint8Array | undefined;
  #isClosed = false;

  constructor(readonly connection: Deno.Conn) {}

  async read(): Promise<Uint8Array | undefined> {
    if (this.#unread !== undefined) {
      const bytes = this.#unread;
      this.#unread = undefined;
      return bytes;
    }
    const buffer = new Uint8Array(readBytes);
    try {
      const count = await this.connection.read(buffer);
      return count === null ? undefined : buffer.subarray(0, count);
    } catch (error) {
      if (this.#isClosed) return undefined;
      throw error;
    }
  }

  /** Puts back bytes that were read too far. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#unread = bytes;
  }

  write(bytes: Uint8Array): Promise<void> {
    const write = this.#writes.then(() => this.#writeAll(bytes));
    this.#writes = write.catch(() => {}); // Told to the caller of this write; later ones fail too.
    return write;
  }

  async closeWrite(): Promise<void> {
    await this.#writes;
    await this.connection.closeWrite();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.connection.close();
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      written += await this.connection.write(bytes.subarray(written));
    }
  }
}
