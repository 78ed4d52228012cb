/** USD; the vendors' price lists change: read them again before a contract. */
export interface Prices {
  /** SES, per 1,000 recipients. */
  readonly sesPerThousand: number;
  /** Per million requests of up to 64 KB. */
  readonly sqs: number;
  readonly lambdaRequests: number;
  readonly lambdaGbSecond: number;
  /** Per million publishes. */
  readonly sns: number;
  /** CloudWatch Logs, per GB taken in. */
  readonly logsGb: number;
}

/** What the variable cost is computed for; `TANK_TEST_COST_REGION` chooses another. */
export const REGIONS: Readonly<Record<string, Prices>> = {
  'us-east-1': {
    sesPerThousand: 0.1,
    sqs: 0.4,
    lambdaRequests: 0.2,
    lambdaGbSecond: 0.0000166667,
    sns: 0.5,
    logsGb: 0.5,
  },
  'ap-northeast-2': {
    sesPerThousand: 0.1,
    sqs: 0.4,
    lambdaRequests: 0.2,
    lambdaGbSecond: 0.0000166667,
    sns: 0.5,
    logsGb: 0.76,
  },
};
