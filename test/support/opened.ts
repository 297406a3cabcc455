import { afterEach } from 'vitest';
import type { ProjectOptions } from './project.js';
import { Project } from './project.js';

/** Starts projects and closes them after each test of the file. */
export const projects = (): ((options?: ProjectOptions) => Promise<Project>) => {
  const open: Project[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((started) => started.close()));
  });
  return async (options = {}) => {
    const started = await Project.start(options);
    open.push(started);
    return started;
  };
};
