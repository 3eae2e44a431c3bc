// Bundles the page into FOLDER:  node build.mjs FOLDER
import { build } from 'esbuild';
import { copyFileSync, cpSync } from 'node:fs';

// Grafana's packages as CommonJS: their ES modules import CommonJS ones in a way that only Grafana's own
// bundler understands.
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

// Where Grafana's components look for what a Grafana server serves.
cpSync('node_modules/@grafana/ui/dist/public', `${folder}/public/build`, { recursive: true });
for (const [weight, name] of [[400, 'Regular'], [500, 'Medium']]) {
  cpSync(`node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`,
    `${folder}/public/fonts/inter/Inter-${name}.woff2`);
}
copyFileSync('page/index.html', `${folder}/index.html`);
