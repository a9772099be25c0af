/** The way out of a node that reaches registries through a proxy. */

const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/**
 * What frakti's own environment says of proxies, in large letters or small, as other runtimes take it
 * from their service; all that is passed on of it to a pull. Registries on loopback are never asked
 * through one.
 */
export function proxiesOf(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isProxy = ([name]: [string, string]) => names.includes(name.toUpperCase());
  return Object.fromEntries(Object.entries(env).filter(isProxy));
}
