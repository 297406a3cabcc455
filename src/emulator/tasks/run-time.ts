import type { RunTime } from '../options.js';
import { normal } from '../random.js';

/** Draws the run time of the `index`-th task, in ms of service time. */
export const drawRunTime = (runTime: RunTime, random: () => number, index: number): number => {
  switch (runTime.kind) {
    case 'constant':
      return runTime.ms;
    case 'uniform':
      return runTime.fromMs + (runTime.toMs - runTime.fromMs) * random();
    case 'lognormal':
      return runTime.medianMs * Math.exp(runTime.sigma * normal(random));
    case 'bimodal':
      return random() < runTime.share ? runTime.otherMs : runTime.ms;
    case 'sequence':
      return runTime.ms[index % Math.max(1, runTime.ms.length)] ?? 0;
  }
};
