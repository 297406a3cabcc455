// Bundles the script and the style of report.html into one module of two texts. The report carries
// them inside itself, so that it is one file that needs no network.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const target = new URL('../html/page.generated.ts', import.meta.url);

const bundle = async (entry, options = {}) => {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  });
  const [{ text }] = outputFiles;
  // These would end the element of the page that the text stands in, or change how it is read.
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`${entry} has markup in its text`);
  return text;
};

const scriptOf = (isServed) =>
  bundle('page.ts', {
    format: 'iife',
    target: 'es2022',
    define: { isServed: String(isServed) },
  });

const script = await scriptOf(false);
const servedScript = await scriptOf(true);
const style = await bundle('style/page.css');

const code = `// Made by src/report/page/bundle.mjs. Not to be edited.
export const script: string = ${JSON.stringify(script)};
export const servedScript: string = ${JSON.stringify(servedScript)};
export const style: string = ${JSON.stringify(style)};
`;
if (!existsSync(target) || readFileSync(target, 'utf8') !== code) writeFileSync(target, code);
