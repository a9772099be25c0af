/**
 * The only place that matches on texts of the Docker Engine, with the engine versions that print
 * them. Used where the status code alone does not tell two cases apart; matching is on the
 * lower-cased text, since capitals changed between versions.
 */

/** What a text of the engine can mean to us. */
export type MessageKind =
  | "nameConflict"
  | "containerMissing"
  | "imageMissing"
  | "execMissing"
  | "notRunning"
  | "removalInProgress"
  | "imageInUse"
  | "commandNotFound"
  | "commandNotExecutable"
  | "containerdAway"
  | "registryAway"
  | "registryAuth"
  | "manifestMissing"
  | "digestMismatch"
  | "rroUnsupported"
  | "dfRunning";

const texts: Readonly<Record<MessageKind, readonly RegExp[]>> = {
  // 1.12–29: 'Conflict. The container name "/x" is already in use by container "<id>"' (1.12
  // without the quotes around the id).
  nameConflict: [/conflict\. .*name .* is already in use by container/],
  // 1.12–29: "No such container: x".
  containerMissing: [/no such container/],
  // 1.12–29: "No such image: x:tag"; 1.12 also "No such image or container".
  imageMissing: [/no such image/],
  // 1.12: "No such exec instance 'x' found in daemon"; 17.12–29: "No such exec instance: x".
  execMissing: [/no such exec/],
  // 1.12–29: "Container x is not running"; 1.12 kill: "Cannot kill container x: ... is not running";
  // runc 1.0–1.3: "cannot exec in a stopped container"; containerd 1.4+: "container not running".
  notRunning: [
    /is not running/,
    /container not running/,
    /cannot exec in a stopped/,
    /procready not received/,
    /process already finished/,
    /no running task found/,
  ],
  // 1.12–29: "removal of container x is already in progress".
  removalInProgress: [/removal of container .* is already in progress/],
  // 1.12–29: "conflict: unable to remove repository reference "x" (must force) - container <id> is
  // using its referenced image <id>"; "conflict: unable to delete <id> (cannot be forced) - image is
  // being used by running container <id>" (also "stopped container").
  imageInUse: [/image is being used by/, /is using its referenced image/],
  // runc 1.0–1.3 behind 17.12–29; 1.12: "no such file or directory" with "exec:" before it.
  commandNotFound: [
    /executable file not found/,
    /exec: .*: no such file or directory/,
    /exec: .*: stat .*: no such file or directory/,
    /not found or does not exist/,
  ],
  // runc 1.0–1.3: 'exec: "/x": permission denied'; 'exec /x: exec format error'; 'is a directory'.
  commandNotExecutable: [
    /exec:? .*: permission denied/,
    /exec format error/,
    /exec: .*: is a directory/,
  ],
  // 17.12–29 while containerd restarts: gRPC's own transport errors.
  containerdAway: [
    /containerd\.sock/,
    /transport is closing/,
    /error while dialing/,
    /cannot connect to .*containerd/,
  ],
  // What the registry client prints when nobody answers, or a proxy says so. 1.12–29.
  registryAway: [
    /connection refused/,
    /no such host/,
    /no route to host/,
    /network is unreachable/,
    /i\/o timeout/,
    /tls handshake timeout/,
    /connection reset by peer/,
    /temporary failure in name resolution/,
    /server misbehaving/,
    /client\.timeout exceeded/,
    /request canceled while waiting for connection/,
    /unexpected eof/,
    /: eof$/,
    // "received unexpected HTTP status: 503 …", "error parsing HTTP 502 response body", "Server
    // error: Status 504 …", "status code 503".
    /\bhttp(?: status:?)? 50[234]\b/,
    /\bstatus(?: code)?(?: was)?:? 50[234]\b/,
    /\b50[234] (?:bad gateway|service unavailable|gateway time-?out)/,
  ],
  // 1.12–29: "unauthorized: authentication required", "no basic auth credentials", "denied: ...".
  registryAuth: [
    /unauthorized/,
    /authentication required/,
    /no basic auth credentials/,
    /access denied|access to the resource is denied|requested access to the resource/,
    /\b40[13] (?:unauthorized|forbidden)/,
  ],
  // 1.12–29: "manifest unknown", "manifest for x not found", "repository x not found",
  // 29 with containerd: "x: not found".
  manifestMissing: [
    /manifest unknown/,
    /manifest for .* not found/,
    /repository .* not found/,
    /name unknown/,
    /failed to resolve reference .*: not found/,
    /tag .* not found in repository/,
  ],
  // 1.12–28: "image verification failed for digest", "filesystem layer verification failed for
  // digest"; "manifest verification failed for digest"; 29: "unexpected digest".
  digestMismatch: [/verification failed for digest/, /unexpected (?:commit )?digest/],
  // 25–29: "container x doesn't support recursive read-only mounts" and its variants.
  rroUnsupported: [/recursive(?:ly)? read-?only/, /\brro\b/],
  // 17.03–20.10: 500 while another client's call runs.
  dfRunning: [/a disk usage operation is already running/],
};

/** True when the engine's text has the given meaning. */
export function saysThat(text: string, kind: MessageKind): boolean {
  const lower = text.toLowerCase();
  return texts[kind].some((pattern) => pattern.test(lower));
}

const conflictingId = /in use by container "?([0-9a-f]{12,64})"?/i;

/** The id of the container that holds a name, from a name conflict's text. */
export function conflictingContainerId(text: string): string | undefined {
  return conflictingId.exec(text)?.[1];
}
