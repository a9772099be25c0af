/**
 * The images that run a real web server: nginx and Apache from Debian's packages, laid over the
 * busybox layer with the libraries they need and a configuration of our own.
 */

import type { CatalogEntry } from "./catalog.ts";
import { DebianArchive, entriesOf } from "./debian.ts";
import { type Image, type Layer, makeImage, makeLayer } from "./image.ts";
import type { BuildContext } from "./programs.ts";
import type { TarEntry } from "./tar.ts";

const packages = {
  libraries: ["libc6", "libcrypt1", "libgcc-s1", "libpcre2-8-0", "libssl3", "zlib1g"],
  apache: ["apache2-bin", "libapr1", "libaprutil1", "libexpat1", "libuuid1"],
  nginx: ["nginx"],
};

/** The dynamic loader and the libraries that both servers link; nothing else of the packages. */
const wantedLibrary =
  /\/(ld-linux-x86-64|libc|libm|libcrypt|libpcre2-8|libssl|libcrypto|libz|libapr-1|libaprutil-1|libexpat|libuuid|libgcc_s)\.so(\.|$)/;
const wantedModule = /apache2\/modules\/mod_(mpm_event|authz_core|dir)\.so$/;
const wantedProgram = /^usr\/sbin\/(nginx|apache2)$/;

const page = "<html><body><h1>It works!</h1></body></html>\n";
const mode = 0o755;

/** Makes the web server images; `base` is the busybox layer below them. */
export async function makeServers(context: BuildContext, base: Layer): Promise<CatalogEntry[]> {
  context.say("Unpacking nginx and Apache for the test images");
  const dir = await Deno.makeTempDir({ dir: context.cacheDir, prefix: "servers-" });
  try {
    const archive = await DebianArchive.open(dir);
    await archive.unpack(Object.values(packages).flat(), `${dir}/root`);
    const files = await entriesOf(`${dir}/root`, (path) => isWanted(path));
    const below = [base, makeLayer(files)];
    return [
      {
        names: ["e2e-test-images/nginx:1.14-2", "library/nginx:latest"],
        image: nginxImage(below, 80),
      },
      {
        names: ["k8s-staging-cri-tools", "cri-tools"].map((project) =>
          `${project}/hostnet-nginx-amd64:latest`
        ),
        image: nginxImage(below, 12003),
      },
      {
        names: ["e2e-test-images/httpd:2.4.39-4", "library/httpd:latest"],
        image: apacheImage(below),
      },
    ];
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function isWanted(path: string): boolean {
  const isFile = path.includes(".so") || wantedProgram.test(path);
  if (isFile) {
    return wantedLibrary.test(path) || wantedModule.test(path) || wantedProgram.test(path);
  }
  // Directories only as far as they lead to something wanted.
  return /^(lib|lib64|usr)$/.test(path) || /^usr\/(sbin|lib)$/.test(path) ||
    /^(usr\/)?lib\/(x86_64-linux-gnu|apache2|apache2\/modules)$/.test(path);
}

function nginxImage(below: readonly Layer[], port: number): Image {
  const config = `user root;
worker_processes 1;
error_log /dev/stderr notice;
pid /var/run/nginx.pid;
events { worker_connections 256; }
http {
  access_log /dev/stdout;
  server {
    listen ${port};
    root /usr/share/nginx/html;
  }
}
`;
  const dirs = [
    "etc/nginx",
    "var/lib",
    "var/lib/nginx",
    "var/log/nginx",
    ...pageDirs("nginx/html"),
  ];
  const layer = makeLayer([
    ...dirs.map((path): TarEntry => ({ type: "dir", path })),
    { type: "file", path: "etc/nginx/nginx.conf", content: config },
    { type: "file", path: "usr/share/nginx/html/index.html", content: page },
  ]);
  return makeImage([...below, layer], {
    Cmd: ["nginx", "-g", "daemon off;"],
    ExposedPorts: { [`${port}/tcp`]: {} },
    StopSignal: "SIGQUIT",
  });
}

function apacheImage(below: readonly Layer[]): Image {
  const config = `ServerRoot /etc/apache2
ServerName localhost
Listen 80
User daemon
Group daemon
PidFile /var/run/httpd.pid
LogLevel notice
ErrorLog /proc/self/fd/2
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
DocumentRoot /usr/share/httpd
`;
  const layer = makeLayer([
    ...["etc/apache2", ...pageDirs("httpd")].map((path): TarEntry => ({ type: "dir", path })),
    { type: "file", path: "etc/apache2/apache2.conf", content: config },
    { type: "file", path: "usr/share/httpd/index.html", content: page },
    // The server logs its own command line, and critest looks for this name in it.
    { type: "symlink", path: "usr/sbin/httpd", target: "apache2", mode },
  ]);
  return makeImage([...below, layer], {
    Cmd: ["httpd", "-D", "FOREGROUND"],
    ExposedPorts: { "80/tcp": {} },
    StopSignal: "SIGWINCH",
  });
}

/** `usr/share/A/B` and the directories above it. */
function pageDirs(path: string): string[] {
  const parts = ["usr/share", ...path.split("/")];
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
