/**
 * Checks that take a part's own reading of its files, which `main.ts` hands in: whether the guest is
 * one that this frakti speaks with, and whether the streaming server could use its certificate.
 */

import { X509Certificate } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { describe } from "../lib/errors.ts";
import { type Check, failure, ok, warning } from "./check.ts";

/** What a guest takes, as its figures say. */
export interface GuestFigures {
  readonly overheadMiB: number;
}

/** For VMs of the qemu engine: `read` rejects when the guest is of another version. */
export function guestSpeaks(engine: string, read: () => Promise<GuestFigures>): readonly Check[] {
  if (engine !== "qemu") return [];
  return [{
    name: "guest version",
    async run() {
      try {
        const { overheadMiB } = await read();
        return ok(`fits this frakti; takes ${overheadMiB} MB beside a pod's own memory`);
      } catch (error) {
        return failure(describe(error), "Install the guest that came with this frakti: install.sh");
      }
    },
  }];
}

/** Where the configuration has the certificate; "" = plain HTTP. */
export interface CertificateSettings {
  readonly tlsCertFile: string;
  readonly tlsKeyFile: string;
}

const msPerDay = 86_400_000;

/** Renewal by hand takes days; by a program it happens earlier. */
const soonDays = 14;

/** Whether both files are there, fit, and the certificate is valid; nothing without TLS. */
export function certificateChecks(
  { tlsCertFile, tlsKeyFile }: CertificateSettings,
  clock: Pick<Clock, "nowNs">,
  read: (files: { certFile: string; keyFile: string }) => Promise<{ readonly cert: string }>,
): readonly Check[] {
  if (tlsCertFile === "") return [];
  return [{
    name: "certificate",
    async run() {
      const mend = "Renew it: the file is read again when it changes";
      let end: Date;
      try {
        const { cert } = await read({ certFile: tlsCertFile, keyFile: tlsKeyFile });
        end = new Date(new X509Certificate(cert).validTo);
      } catch (error) {
        return failure(describe(error), "Set streaming.tlsCertFile and tlsKeyFile to a pair");
      }
      const days = (end.getTime() - Number(clock.nowNs() / 1_000_000n)) / msPerDay;
      const told = `"${tlsCertFile}" is valid until ${end.toISOString().slice(0, 10)}`;
      if (days < 0) return failure(told, mend);
      return days < soonDays ? warning(told, mend) : ok(told);
    },
  }];
}
