/** What an answer is that is no JSON. */
export const describeBody = (text: string): string => {
  const start = text.trimStart();
  if (start === '') return 'an empty answer';
  return /^<(?:!doctype|html|head|body)/i.test(start) ? 'a web page' : 'no valid JSON';
};
