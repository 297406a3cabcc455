/** Resolves as soon as this is so, before time moves on: looked at in every turn of the event loop. */
export const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setImmediate(resolve));
};
