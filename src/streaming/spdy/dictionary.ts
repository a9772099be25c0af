/**
 * The dictionary with which SPDY/3 header blocks are compressed (SPDY draft 3, 2.6.10.1): words
 * that HTTP headers hold, each behind its length in 32 bits, then plain text. Its every byte
 * counts, so its checksum is part of what a compressed stream begins with.
 */

const words = [
  ..."options head post put delete trace accept accept-charset accept-encoding".split(" "),
  ..."accept-language accept-ranges age allow authorization cache-control connection".split(" "),
  ..."content-base content-encoding content-language content-length content-location".split(" "),
  ..."content-md5 content-range content-type date etag expect expires from host".split(" "),
  ..."if-match if-modified-since if-none-match if-range if-unmodified-since".split(" "),
  ..."last-modified location max-forwards pragma proxy-authenticate".split(" "),
  ..."proxy-authorization range referer retry-after server te trailer".split(" "),
  ..."transfer-encoding upgrade user-agent vary via warning www-authenticate".split(" "),
  ..."method get status".split(" "),
  "200 OK",
  ..."version HTTP/1.1 url public set-cookie keep-alive origin".split(" "),
];

const codes = "100101201202205206300302303304305306307402405406407408409410411412413414415416417" +
  "502504505";

const reasons = "203 Non-Authoritative Information204 No Content301 Moved Permanently" +
  "400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error" +
  "501 Not Implemented503 Service Unavailable";

const months = "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec";

const tail = " 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT" +
  "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml," +
  "text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8" +
  "charset=iso-8859-1,utf-,*,enq=0.";

/** The dictionary's bytes; do not change them. */
export const headerDictionary: Uint8Array = build();

/** Adler-32 of the dictionary, by which a zlib stream names it. */
export const headerDictionaryId = 0xe3c6a7c2;

function build(): Uint8Array {
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const word of words) {
    bytes.push(0, 0, 0, word.length, ...encoder.encode(word));
  }
  bytes.push(...encoder.encode(codes + reasons + months + tail));
  return Uint8Array.from(bytes);
}
