/**
 * A binary heap in a list, as Python's heapq keeps it: what stands in the list, and in which order,
 * is seen in /queue (ComfyUI notes, section 3).
 */
export const push = <T>(heap: T[], item: T, before: (a: T, b: T) => boolean): void => {
  heap.push(item);
  up(heap, 0, heap.length - 1, before);
};

export const pop = <T>(heap: T[], before: (a: T, b: T) => boolean): T | undefined => {
  const last = heap.pop();
  const first = heap[0];
  if (last === undefined || first === undefined) return last;
  heap[0] = last;
  down(heap, 0, before);
  return first;
};

export const heapify = <T>(heap: T[], before: (a: T, b: T) => boolean): void => {
  for (let at = (heap.length >> 1) - 1; at >= 0; at -= 1) down(heap, at, before);
};

const at = <T>(heap: readonly T[], index: number): T => {
  const item = heap[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
};

/** Towards the root, not above `start`. */
const up = <T>(heap: T[], start: number, from: number, before: (a: T, b: T) => boolean): void => {
  const item = at(heap, from);
  let place = from;
  while (place > start) {
    const parent = (place - 1) >> 1;
    if (!before(item, at(heap, parent))) break;
    heap[place] = at(heap, parent);
    place = parent;
  }
  heap[place] = item;
};

/** To a leaf by the smaller children, and up again from there. */
const down = <T>(heap: T[], start: number, before: (a: T, b: T) => boolean): void => {
  const item = at(heap, start);
  let place = start;
  for (let child = 2 * place + 1; child < heap.length; child = 2 * place + 1) {
    const right = child + 1;
    if (right < heap.length && !before(at(heap, child), at(heap, right))) child = right;
    heap[place] = at(heap, child);
    place = child;
  }
  heap[place] = item;
  up(heap, start, place, before);
};
