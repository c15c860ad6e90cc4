// Builds dist/: every src/*.ts(x) and styles/app.css as an entry of its own, each with its digest in the name, and
// dist/manifest.json from the plain name to the built one. Run by `npm run build`; `--watch` builds again on change.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, "dist");
const isWatch = process.argv.includes("--watch");

/** Modules stand directly in src/; what they share stands in folders below it and is no entry. */
async function entryPoints() {
  const files = await readdir(path.join(root, "src"), { withFileTypes: true });
  const modules = files
    .filter((file) => file.isFile() && /\.tsx?$/.test(file.name) && !file.name.endsWith(".d.ts"))
    .map((file) => `src/${file.name}`);
  return [...modules.sort(), "styles/app.css"];
}

/** Pictures are copied as they are, under a name with their digest. */
async function copyPictures() {
  const copied = {};
  for (const name of (await readdir(path.join(root, "styles"))).filter((one) => one.endsWith(".svg")).sort()) {
    const bytes = await readFile(path.join(root, "styles", name));
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
    const built = `${path.parse(name).name}-${digest}.svg`;
    await writeFile(path.join(dist, built), bytes);
    copied[name] = built;
  }
  return copied;
}

async function writeManifest(metafile) {
  const manifest = await copyPictures();
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (!output.entryPoint) continue;
    const plain = path.parse(output.entryPoint).name;
    manifest[plain + path.extname(file)] = path.basename(file);
    if (output.cssBundle) manifest[`${plain}.css`] = path.basename(output.cssBundle);
  }
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  // Renamed into place, so that a server that reads it meanwhile never sees half of it.
  const target = path.join(dist, "manifest.json");
  await writeFile(`${target}.new`, `${JSON.stringify(sorted, null, 2)}\n`);
  await rename(`${target}.new`, target);
  return sorted;
}

const manifestPlugin = {
  name: "manifest",
  setup(build) {
    build.onEnd(async (result) => {
      if (result.errors.length === 0 && result.metafile) {
        const manifest = await writeManifest(result.metafile);
        console.log(`Built ${Object.keys(manifest).length} files into frontend/dist`);
      }
    });
  },
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const context = await esbuild.context({
  absWorkingDir: root,
  entryPoints: await entryPoints(),
  outdir: "dist",
  outbase: ".",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: !isWatch,
  format: "esm",
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  jsx: "automatic",
  loader: { ".woff2": "file" },
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
  plugins: [manifestPlugin],
});
if (isWatch) {
  await context.watch();
} else {
  await context.rebuild();
  await context.dispose();
}
