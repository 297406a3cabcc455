/** A source of numbers in [0, 1); passed in so that back-off and look-ahead can be replayed. */
export type Random = () => number;
