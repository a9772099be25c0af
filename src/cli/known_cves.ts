/**
 * Vulnerabilities of the programs that frakti works with. Only those that matter to a node; the
 * versions are upstream's, a distribution may have the fix earlier. Not here: CVE-2021-20206, which
 * is of the library libcni; frakti runs CNI plugins itself and refuses such types.
 */

/** One or more vulnerabilities fixed by the same releases. */
export interface Vulnerability {
  readonly component: string;
  readonly cves: readonly string[];
  /** First fixed release of each maintained branch, oldest first; older branches have no fix. */
  readonly fixedIn: readonly string[];
  /** The first release that has it; unless given, every one before the fix. */
  readonly since?: string;
  /** Only where dockerd asks such plugins whether a request of its API is allowed. */
  readonly needs?: "authorization plugin";
}

const table: readonly Vulnerability[] = [
  { component: "runc", cves: ["CVE-2024-21626"], fixedIn: ["1.1.12"] },
  {
    component: "runc",
    cves: ["CVE-2025-31133", "CVE-2025-52565", "CVE-2025-52881"],
    fixedIn: ["1.2.8", "1.3.3"],
  },
  {
    component: "containerd",
    cves: ["CVE-2024-25621"],
    fixedIn: ["1.7.29", "2.0.7", "2.1.5"],
  },
  {
    component: "dockerd",
    cves: ["CVE-2024-41110"],
    since: "19.03",
    fixedIn: ["25.0.6", "26.1.5", "27.1.1"],
    needs: "authorization plugin",
  },
  {
    component: "dockerd",
    cves: ["CVE-2026-34040"],
    fixedIn: ["29.3.1"],
    needs: "authorization plugin",
  },
  { component: "skopeo", cves: ["CVE-2024-3727"], fixedIn: ["1.14.4", "1.15.1"] },
];

/** What `version` of `component` is known to suffer from. A version that cannot be read: nothing. */
export function vulnerabilities(component: string, version: string): readonly Vulnerability[] {
  const plain = version.replace(/^v/, "");
  if (!/^\d+\.\d+/.test(plain)) return [];
  return table.filter(({ component: name, since, fixedIn }) =>
    name === component && !isFixed(plain, fixedIn) &&
    (since === undefined || compareVersions(plain, since) >= 0)
  );
}

/** How a report words them, and what to do. */
export function describeVulnerability(
  version: string,
  { component, cves, fixedIn }: Vulnerability,
) {
  return {
    message: `${component} ${version} has ${cves.join(", ")}`,
    mend: `Update ${component} to ${fixedIn.join(" or ")}, unless the changelog of your package ` +
      "names the fix",
  };
}

function isFixed(version: string, fixedIn: readonly string[]): boolean {
  const newest = fixedIn.at(-1);
  if (newest === undefined || compareVersions(version, newest) >= 0) return true;
  return fixedIn.some((fixed) =>
    branchOf(fixed) === branchOf(version) && compareVersions(version, fixed) >= 0
  );
}

function branchOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/** Below 0 when `a` is older. Compares the first three numbers; what follows them is ignored. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): readonly number[] {
  return version.split(/[.+~-]/).slice(0, 3).map((part) => Number.parseInt(part, 10) || 0);
}
