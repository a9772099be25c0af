/** What tests bring along to a node, for /media/tests. */

import { makeDir, run, testEnvironment, toolDir } from "../support/mod.ts";
import { buildPackage, makeCheckout } from "../delivery/package.ts";
import { makeRelease } from "../delivery/release.ts";
import type { VirtualNode } from "./machine.ts";

/** A release in `release`, crictl, and what vouches for the registry of the environment. */
export async function bringRelease(brought: string): Promise<void> {
  await run("mv", [await makeRelease(), `${brought}/release`]);
  await run("cp", [`${toolDir}/crictl`, brought]);
  const { tls, registryAddress } = testEnvironment();
  await Deno.copyFile(tls.ca, `${brought}/ca.crt`);
  const hosts = (await Deno.readTextFile("/etc/hosts")).split("\n")
    .filter((line) => line.startsWith(`${registryAddress} `));
  await Deno.writeTextFile(`${brought}/hosts`, `${hosts.join("\n")}\n`);
}

/** The next version of that release in `next`: another file, the same program. */
export async function bringNext(brought: string): Promise<void> {
  const next = `${brought}/next`;
  await run("mkdir", [next]);
  for (const name of ["install.sh", "packaging", "guest"]) {
    await Deno.symlink(`../release/${name}`, `${next}/${name}`);
  }
  await run("cp", [`${brought}/release/frakti`, next]);
  await Deno.writeTextFile(`${next}/frakti`, "\n", { append: true });
}

/** Two revisions of the package, `1.deb` and `2.deb`. */
export async function bringPackages(brought: string): Promise<void> {
  const checkout = await makeCheckout(await makeDir("checkout"));
  for (const revision of ["1", "2"]) {
    await run("mv", [
      await buildPackage(checkout, revision, brought),
      `${brought}/${revision}.deb`,
    ]);
  }
}

/** Lets the node reach the registry by the names of its images, and trust it. */
export async function knowRegistry(node: VirtualNode): Promise<void> {
  await node.run(`
    cat /media/tests/hosts >>/etc/hosts
    mkdir -p /etc/ssl/certs && cat /media/tests/ca.crt >>/etc/ssl/certs/ca-certificates.crt`);
}
