// Bundles the page into FOLDER:  node build.mjs FOLDER
import { build } from 'esbuild';
import { copyFileSync, cpSync } from 'node:fs';

// Uses Grafana's packages as CommonJS, since their ES modules import CommonJS modules in a way that only
// Grafana's own bundler supports.
const asCommonJs = {
  name: 'grafana-as-commonjs',
  setup(bundler) {
    bundler.onResolve({ filter: /^@grafana\// }, ({ path, kind, resolveDir }) =>
      kind === 'import-statement' ? bundler.resolve(path, { kind: 'require-call', resolveDir }) : undefined);
  },
};

const folder = process.argv[2];
await build({
  entryPoints: ['page/main.jsx'],
  outdir: folder,
  bundle: true,
  format: 'esm',
  minify: true,
  jsx: 'automatic',
  plugins: [asCommonJs],
  define: { global: 'globalThis', 'process.env.NODE_ENV': '"production"' },
  loader: { '.svg': 'empty', '.ttf': 'empty' },
  logLevel: 'error',
});

// The path from which Grafana's components load what a Grafana server would serve.
cpSync('node_modules/@grafana/ui/dist/public', `${folder}/public/build`, { recursive: true });
for (const [weight, name] of [[400, 'Regular'], [500, 'Medium']]) {
  cpSync(`node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`,
    `${folder}/public/fonts/inter/Inter-${name}.woff2`);
}
copyFileSync('page/index.html', `${folder}/index.html`);
