/**
 * Sizes that client and server of the CRI agree on.
 */

/** What a kubelet and containerd allow for one message, in both directions. */
export const maxMessageBytes = 16 * 1024 * 1024;
