import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Counts for the last line of a run, what tests measured, and every skip with its reason: a skip without one is a failure. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const silent = skipped.filter((test) => reasonOf(test) === undefined);
    const broken = modules.filter((module) => module.errors().length > 0);
    for (const [reason, names] of byReason(skipped))
      console.log(`skipped ${names.length}: ${reason}\n  ${names.join('\n  ')}`);
    for (const test of tests)
      for (const { message } of test.annotations()) console.log(`measured: ${test.fullName}: ${message}`);
    const lost = tests.filter((test) => test.result().state === 'pending');
    for (const test of lost)
      console.error(`lost with its process: ${test.module.relativeModuleId} ${test.fullName}`);
    for (const test of silent) console.error(`skipped without a reason: ${test.fullName}`);
    writeTally({
      passed: tests.filter((test) => test.result().state === 'passed').length,
      failed:
        tests.filter((test) => test.result().state === 'failed').length +
        broken.length +
        unhandled.length +
        lost.length +
        silent.length,
      skipped: skipped.length - silent.length,
    });
    if (silent.length > 0) process.exitCode = 1;
  }
}

/** Given to `context.skip(reason)`, or written into the title as "(not run: reason)". */
const reasonOf = (test: TestCase): string | undefined => {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return note || /\((not run: [^)]+)\)/.exec(test.fullName)?.[1];
};

const byReason = (skipped: readonly TestCase[]): Map<string, string[]> => {
  const groups = new Map<string, string[]>();
  for (const test of skipped) {
    const reason = reasonOf(test);
    if (reason) groups.set(reason, [...(groups.get(reason) ?? []), test.fullName]);
  }
  return groups;
};

const writeTally = (tally: { passed: number; failed: number; skipped: number }): void => {
  const file = process.env.TANK_TEST_TALLY;
  if (file) writeFileSync(file, JSON.stringify(tally));
};
