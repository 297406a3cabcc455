import { basename, extname, join, resolve } from 'node:path';
import type { Asset } from '../../assets/asset.js';
import { isMediaEnding } from '../../assets/endings.js';
import { codeOf, inspectAsset } from '../../assets/inspect.js';
import type { Ensured } from '../../assets/uploader.js';
import { Uploader } from '../../assets/uploader.js';
import { error, warning } from '../../diagnostics/diagnostic.js';
import { Problems } from '../../diagnostics/problems.js';
import { nodeFiles } from '../../edges/files/node-files.js';
import { oneLine } from '../../terminal/format.js';
import { fileSize } from '../../values/amounts.js';
import type { Call } from '../argv/call.js';
import { accountOptionsOf } from '../argv/options.js';
import type { Identity } from '../../batch/connect.js';
import { connect, identify, nothingSaved } from '../../batch/connect.js';
import { exit } from '../../batch/exit.js';
import type { Io } from '../../edges/io.js';
import { readEnvFile } from '../../batch/load/environment.js';
import { sayProblems } from '../say.js';
import { wayOut } from '../../batch/way-out.js';
import { ledgerOf } from '../../batch/plan/uploads-ledger.js';

/** As assets.maxAge has it where no manifest says otherwise. */
const maxAgeMs = 20 * 3_600_000;

/** `rh-batch upload FILE…`, `--lora FILE`: puts files on the service and prints what it calls them. */
export const upload = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  checkOptions(call, problems);
  const options = accountOptionsOf(call);
  const env = await readEnvFile(options, io, problems);
  const identity = identify(options, io, env, problems);
  const assets = await assetsOf(call, io, problems);
  sayProblems(problems, call, io);
  if (identity === null || problems.errors > 0) return exit.badInput;
  const ended = await send(assets, identity, options, call, io);
  const failed = ended.filter(({ answer }) => !answer.ok);
  if (call.flag('json')) io.out.write(`${JSON.stringify(jsonOf(ended))}\n`);
  else for (const { answer } of ended) if (answer.ok) io.out.write(`${oneLine(answer.fileName)}\n`);
  const ways = new Set<string>();
  for (const { answer } of failed) {
    if (answer.ok) continue;
    const { message } = answer.error;
    io.err.write(`error: ${oneLine(message)}\n`);
    const way = wayOut(message, identity);
    if (way !== null) ways.add(way);
  }
  // What keeps all of them away is said once.
  for (const way of ways) io.err.write(`  hint: ${oneLine(way)}\n`);
  return failed.length === 0 ? exit.done : exit.service;
};

const checkOptions = (call: Call, problems: Problems): void => {
  const loras = call.texts('lora');
  const wrong =
    call.args.length + loras.length === 0
      ? 'upload wants a file'
      : call.text('name') !== null && loras.length !== 1
        ? '--name is for one --lora'
        : call.flag('link') && loras.length > 0
          ? '--link is for files, not for --lora'
          : null;
  if (wrong !== null)
    problems.add(
      error('E0001', null, wrong, { hint: 'rh-batch upload FILE…, or --lora FILE [--name NAME]' }),
    );
};

/** All of them are looked at before the first one is sent. */
const assetsOf = async (call: Call, io: Io, problems: Problems): Promise<Asset[]> => {
  const files = nodeFiles();
  const wanted = [
    ...call.args.map((file) => ({ file, goesTo: 'files' as const })),
    ...call.texts('lora').map((file) => ({ file, goesTo: 'loras' as const })),
  ];
  const assets: Asset[] = [];
  for (const { file, goesTo } of wanted) {
    const found = await inspectAsset(resolve(io.cwd, file), file, files, goesTo);
    if (!found.ok) {
      const host = found.is === 'tooLarge' ? 'host it elsewhere and give its public URL' : null;
      const hint = found.hint ?? host;
      problems.add(error(codeOf(found.is), null, `${file} ${found.why}`, { hint }));
    } else if (goesTo === 'loras' && found.asset.kind.medium !== 'model')
      problems.add(error('E0505', null, `${file} is no safetensors file, --lora takes one`));
    else if (goesTo === 'files' && found.content !== null && isMediaEnding(found.asset.kind.ext)) {
      const { is, sure, hint } = found.content;
      const what = `${file} is ${is}, not what its name says`;
      problems.add((sure ? error : warning)('E0505', null, what, { hint }));
      assets.push(found.asset);
    } else assets.push(found.asset);
  }
  return assets;
};

interface Ended {
  readonly asset: Asset;
  readonly answer: Ensured;
  /** The service had it already. */
  readonly reused: boolean;
}

const send = async (
  assets: readonly Asset[],
  identity: Identity,
  options: ReturnType<typeof accountOptionsOf>,
  call: Call,
  io: Io,
): Promise<Ended[]> => {
  const connection = await connect(identity, nothingSaved, options, io);
  const { client, clock, account } = connection;
  const family = call.flag('link') ? 'v2' : 'classic';
  const stateDir = join(resolve(io.cwd, call.text('stateDir') ?? '.rh-batch'), 'uploads');
  const name = call.text('name');
  const reused = new Set<string>();
  const uploader = new Uploader({
    service: client.speaking(family),
    loras: client,
    loraName: ({ path }) => name ?? basename(path, extname(path)),
    ledger: await ledgerOf({ stateDir, account, family, maxAgeMs, clock }),
    files: nodeFiles(),
    clock,
    random: Math.random,
    show: (event) => {
      if (event.type === 'uploading' && !call.flag('quiet'))
        io.err.write(`uploading ${event.path} (${fileSize(event.bytes)})\n`);
      if (event.type === 'uploaded' && event.reused) reused.add(event.sha256);
    },
  });
  try {
    return await Promise.all(
      assets.map(async (asset) => {
        const answer = await uploader.ensure(asset);
        return { asset, answer, reused: reused.has(asset.sha256) };
      }),
    );
  } finally {
    await connection.close();
  }
};

const jsonOf = (ended: readonly Ended[]): unknown => ({
  version: 1,
  uploads: ended.map(({ asset: { shown, bytes, sha256 }, answer, reused }) => ({
    file: shown,
    bytes,
    sha256,
    fileName: answer.ok ? answer.fileName : null,
    reused,
    error: answer.ok ? null : answer.error.message,
  })),
});
