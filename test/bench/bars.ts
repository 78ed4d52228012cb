/** What a bench must reach: at least so much of what is good, less than so much of what costs. */
export type Bar = { readonly name: string; readonly measured: number; readonly unit?: string } & (
  | { readonly atLeast: number }
  | { readonly below: number }
);

/** A bench that misses a bar ends with 1, and `npm run bench` names the bar once more at its end. */
export const holdBar = (bar: Bar): void => {
  const { held, sentence } = judgeBar(bar);
  console.log(sentence);
  if (held) return;
  process.exitCode = 1;
  process.send?.({ missed: sentence });
};

/** A figure that is none (NaN: nothing was measured) holds nothing. */
export const judgeBar = (bar: Bar): { readonly held: boolean; readonly sentence: string } => {
  const held = 'atLeast' in bar ? bar.measured >= bar.atLeast : bar.measured < bar.below;
  const wanted = 'atLeast' in bar ? `at least ${figure(bar.atLeast)}` : `below ${figure(bar.below)}`;
  const unit = bar.unit ? ` ${bar.unit}` : '';
  const sentence = `${held ? 'reached' : 'MISSED '}  ${bar.name}: ${figure(bar.measured)}${unit}, ${wanted} wanted`;
  return { held, sentence };
};

const figure = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 2 });
