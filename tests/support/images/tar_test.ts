import assert from "node:assert/strict";
import { makeImage, makeLayer } from "./image.ts";
import { type TarEntry, writeTar } from "./tar.ts";

const entries: TarEntry[] = [
  { type: "dir", path: "bin" },
  { type: "file", path: "bin/a", mode: 0o4755, uid: 7, gid: 9, content: "hello" },
  { type: "hardlink", path: "bin/b", target: "bin/a" },
  { type: "symlink", path: "c", target: "bin/a" },
];

Deno.test("writeTar writes what tar lists", async () => {
  const child = new Deno.Command("tar", {
    args: ["--numeric-owner", "--utc", "-tvf", "-"],
    env: { LC_ALL: "C" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(writeTar(entries));
  await writer.close();
  const { stdout, code } = await child.output();
  assert.equal(code, 0);
  assert.deepEqual(
    new TextDecoder().decode(stdout).trim().split("\n").map((line) => line.replaceAll(/ +/g, " ")),
    [
      "drwxr-xr-x 0/0 0 1970-01-01 00:00 bin/",
      "-rwsr-xr-x 7/9 5 1970-01-01 00:00 bin/a",
      "hrwxr-xr-x 0/0 0 1970-01-01 00:00 bin/b link to bin/a",
      "lrwxrwxrwx 0/0 0 1970-01-01 00:00 c -> bin/a",
    ].map((line) => line.replace("lrwxrwxrwx", "lrwxr-xr-x")),
  );
});

Deno.test("writeTar refuses a name that does not fit", () => {
  assert.throws(() => writeTar([{ type: "dir", path: "x".repeat(101) }]), RangeError);
});

Deno.test("makeImage gives the same bytes for the same input", () => {
  const make = () => makeImage([makeLayer(entries)], { Cmd: ["a"] }).manifest.digest;
  assert.equal(make(), make());
});
