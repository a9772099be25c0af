/**
 * Reading /proc/self/mountinfo (proc(5)). Pure.
 */

/** A line of the table. */
export interface MountPoint {
  readonly path: string;
  /** Mounts and unmounts below it reach its peers in other mount namespaces. */
  readonly isShared: boolean;
  /** Of this mount, not of its file system: "ro", "nosuid", … */
  readonly options: readonly string[];
}

/** The mounts in `table`, oldest first. */
export function mountPoints(table: string): MountPoint[] {
  return table.split("\n").filter((line) => line !== "").map((line) => {
    const fields = line.split(" ");
    const separator = fields.indexOf("-");
    const optional = fields.slice(6, separator === -1 ? undefined : separator);
    return {
      path: unescapeOctal(fields[4] ?? ""),
      options: (fields[5] ?? "").split(","),
      isShared: optional.some((field) => field.startsWith("shared:")),
    };
  });
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replace(
    /\\([0-7]{3})/g,
    (_, digits: string) => String.fromCharCode(parseInt(digits, 8)),
  );
}
