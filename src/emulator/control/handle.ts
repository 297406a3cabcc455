import type { Emulator, Outcome, RecordedRequest } from '../emulator.js';
import type { ComfyEmulator } from '../comfyui/emulator.js';
import type { NativeApi } from '../routes/native-api.js';
import type { FaultRule, Faults } from '../http/faults.js';
import type { Records } from './records.js';
import type { ServiceModel } from '../service.js';
import type { Bill, Stats } from './stats.js';
import { billOf, statsOf } from './stats.js';
import type { Webhooks } from '../http/webhooks.js';

interface Parts {
  readonly model: ServiceModel;
  readonly faults: Faults;
  readonly records: Records;
  readonly webhooks: Webhooks;
  readonly native: NativeApi;
  readonly close: () => Promise<void>;
}

/** The running emulator, as tests and the control endpoints have it. */
export class Handle implements Emulator {
  url = '';
  readonly model: ServiceModel;

  constructor(private readonly parts: Parts) {
    this.model = parts.model;
  }

  native(key: string, plus = false): Promise<ComfyEmulator> {
    return this.parts.native.machine(key, plus);
  }

  stats(): Stats {
    const { records, faults, webhooks } = this.parts;
    return statsOf(this.model, records.counts, faults.injected, webhooks.sent);
  }

  bill(): Bill {
    return billOf(this.model);
  }

  requests(): readonly RecordedRequest[] {
    return this.parts.records.list();
  }

  setFaults(rules: readonly FaultRule[]): void {
    this.parts.faults.set(rules);
  }

  setBalance(
    key: string | null,
    { coins, money }: { coins?: number; money?: number | null },
  ): void {
    this.model.adjust(key, (account) => {
      if (coins !== undefined) account.coins = coins;
      if (money !== undefined) account.money = money === null ? null : Math.round(money * 1000);
    });
  }

  revokeKey(key: string, revoked = true): void {
    this.model.adjust(key, (account) => {
      account.revoked = revoked;
    });
  }

  saveWorkflow(id: string, graph: string): boolean {
    return this.model.saveWorkflow(id, graph);
  }

  removeWorkflow(id: string): void {
    this.model.removeWorkflow(id);
  }

  addForeignTask(key: string | null = null, count = 1): void {
    this.model.adjust(key, (account) => {
      account.foreign += count;
    });
  }

  endForeignTask(key: string | null = null, count = 1): void {
    this.model.adjust(key, (account) => {
      account.foreign -= count;
    });
  }

  setSlots(slots: number, queue?: number, key: string | null = null): void {
    this.model.adjust(key, (account) => account.setSlots(slots, queue ?? account.queue));
  }

  finish(taskId: string, outcome?: Outcome): boolean {
    const task = this.model.tasks.get(taskId);
    if (task === undefined) return false;
    if (outcome === 'FAILED')
      task.failure ??= {
        node: task.base.outputs[0]?.node ?? '0',
        name: 'KSampler',
        type: 'RuntimeError',
        message: 'ended by hand',
        v2: '1000',
        told: true,
      };
    return this.model.end(task, outcome ?? (task.failure === null ? 'SUCCESS' : 'FAILED'));
  }

  finishAll(outcome?: Outcome): number {
    this.model.settle();
    const open = [...this.model.tasks.values()].filter((task) => task.outcome === null);
    return open.filter(({ taskId }) => this.finish(taskId, outcome)).length;
  }

  advance(ms: number): void {
    this.model.clock.advance(ms);
    this.model.settle();
  }

  expireUploads(): void {
    this.model.uploads.clear();
  }

  expireLinks(): void {
    // Links carry whole seconds.
    this.model.linksFrom = this.model.now() + 1000;
  }

  close(): Promise<void> {
    return this.parts.close();
  }
}
