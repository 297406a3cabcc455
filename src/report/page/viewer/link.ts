import type { Run } from '../batch.js';

/** `#run=NAME` behind the address of the page opens this run. Half a character has no place in an address. */
export const linkTo = ({ name }: Run): string =>
  `#run=${encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd'))}`;
