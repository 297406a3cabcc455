import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bundler = fileURLToPath(new URL('../../src/report/page/bundle.mjs', import.meta.url));

/** The tests of report.html see the page as its sources are now, not as they were at the last build. */
export default (): void => {
  execFileSync(process.execPath, [bundler], { stdio: 'inherit' });
};
