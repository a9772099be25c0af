/**
 * The images of the demonstration, made of Debian's static busybox, and pushed to a registry so
 * that frakti really pulls them.
 */

import { type Image, makeImage, makeLayer } from "../../tests/support/images/image.ts";
import { pushImage } from "../../tests/support/images/push.ts";

/** References as frakti pulls them. */
export interface DemoImages {
  readonly pause: string;
  readonly busybox: string;
}

const busyboxPath = "/bin/busybox";
const applets = ["sh", "httpd", "wget", "ps", "uname", "date", "sleep", "mkdir", "hostname", "ip"];

/** Pushes the images to the registry at `host` (HOST:PORT, plain HTTP). */
export async function pushDemoImages(host: string): Promise<DemoImages> {
  const program = await Deno.readFile(busyboxPath);
  const layer = makeLayer([
    ...["bin", "etc", "tmp", "www"].map((path) => ({ type: "dir" as const, path })),
    { type: "file", path: "bin/busybox", mode: 0o755, content: program },
    ...applets.map((name) => ({
      type: "symlink" as const,
      path: `bin/${name}`,
      target: "busybox",
    })),
    { type: "file", path: "etc/passwd", content: "root:x:0:0:root:/:/bin/sh\n" },
  ]);
  // Holds the pod's namespaces and ends when it is told to.
  const wait = "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait; done";
  const push = async (name: string, image: Image) => {
    await pushImage({ url: `http://${host}` }, name, "demo", image);
    return `${host}/${name}:demo`;
  };
  return {
    pause: await push("pause", makeImage([layer], { Entrypoint: ["/bin/sh", "-c", wait] })),
    busybox: await push("busybox", makeImage([layer], { Cmd: ["sh"], Env: ["PATH=/bin"] })),
  };
}
