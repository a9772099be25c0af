/**
 * Environment variables. The Engine API is JSON, which holds text; the CRI's values are bytes.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { EnvVar } from "../../domain.ts";

/** Docker's `Env`. Values never show in errors: they may be secrets. */
export function envField(envs: readonly EnvVar[]): readonly string[] {
  return envs.map(({ key, value }) => {
    if (key === "" || key.includes("=") || key.includes("\0")) {
      throw invalidArgument(`Environment variable "${key}" has a name that cannot be set`);
    }
    const text = decode(key, value);
    if (text.includes("\0")) {
      throw invalidArgument(`Environment variable "${key}" holds a zero byte`);
    }
    return `${key}=${text}`;
  });
}

function decode(key: string, value: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch (error) {
    throw invalidArgument(
      `Environment variable "${key}" is not UTF-8, which Docker cannot take`,
      error,
    );
  }
}
