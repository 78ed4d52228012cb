import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ScheduleDoor } from '../functions/manifest.ts';

/** EventBridge beats once a minute at most; on-prem the same tick may come more often. */
const SHORTEST_SECONDS = 60;

export const openScheduleDoor = (
  scope: Construct,
  name: string,
  handler: LambdaFunction,
  door: ScheduleDoor,
): void => {
  const every = Duration.seconds(
    Math.max(SHORTEST_SECONDS, Math.ceil(door.everySeconds / SHORTEST_SECONDS) * SHORTEST_SECONDS),
  );
  new Rule(scope, `${name}-schedule`, {
    schedule: Schedule.rate(every),
    targets: [new Target(handler, { retryAttempts: 0 })],
  });
};
