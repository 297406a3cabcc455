import { json } from '../http/answers.js';
import type { Py } from '../python/value.js';
import { dict } from '../python/value.js';
import type { Route } from './route.js';

const gib = 1024n * 1024n * 1024n;

/** `GET /system_stats`: version and memory (ComfyUI notes, section 1). */
export const getSystemStats: Route = {
  name: 'systemStats',
  method: 'GET',
  path: /^\/system_stats$/,
  handle: (_, { version, options }) => {
    const newer: Readonly<Record<string, Py>> =
      version.told === null
        ? {}
        : {
            comfyui_version: version.told,
            required_frontend_version: '1.27.10',
            installed_templates_version: '0.1.94',
            required_templates_version: '0.1.94',
          };
    return json(
      dict({
        system: dict({
          os: 'posix',
          ...(version.told === null ? {} : { ram_total: 64n * gib, ram_free: 48n * gib }),
          ...newer,
          python_version: '3.12.11 (main, Jun  4 2025, 08:56:18) [GCC 14.2.0]',
          ...(version.told === null ? {} : { pytorch_version: '2.8.0+cu128' }),
          embedded_python: false,
          ...(version.told === null
            ? {}
            : { argv: ['main.py', '--listen', options.host, '--port', String(options.port)] }),
        }),
        devices: [
          dict({
            name: 'cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync',
            type: 'cuda',
            index: 0n,
            vram_total: 24n * gib,
            vram_free: 22n * gib,
            torch_vram_total: 0n,
            torch_vram_free: 0n,
          }),
        ],
      }),
    );
  },
};

/** `GET /features` (section 1). */
export const getFeatures: Route = {
  name: 'features',
  method: 'GET',
  path: /^\/features$/,
  in: ({ features }) => features,
  handle: (_, { features }) => json(features),
};
