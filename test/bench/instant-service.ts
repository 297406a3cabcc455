import type { CreateAnswer, Service, TaskAnswer } from '../../src/runninghub/service.js';
import { isTaskId } from '../../src/values/ids.js';
import { ModelService } from '../support/model-service.js';
import { systemClock } from '../../src/edges/clock.js';

/** Accepts everything and has finished every task as soon as it is asked for it. */
export class InstantService extends ModelService implements Service {
  #tasks = 0;

  constructor() {
    super({ clock: systemClock, slots: () => 1, queue: 0, runMs: () => 0, roundTripMs: 0 });
  }

  override create(): Promise<CreateAnswer> {
    this.#tasks += 1;
    const taskId = `19${String(this.#tasks).padStart(17, '0')}`;
    if (!isTaskId(taskId)) throw new Error('model: bad task id');
    return Promise.resolve({
      is: 'accepted',
      taskId,
      running: true,
      netWssUrl: null,
      nodeErrors: [],
    });
  }

  override outputs(taskId: string): Promise<TaskAnswer> {
    return Promise.resolve({
      is: 'succeeded',
      outputs: [{ url: `model://${taskId}.png`, node: '9', type: 'png', text: null }],
      cost: { coins: '6', money: null, taskTimeMs: 1000 },
    });
  }
}
