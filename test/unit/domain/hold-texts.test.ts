import { describe, expect, it } from 'vitest';
import { describeHoldReason, HOLD_TEXTS } from '../../../shared/domain/hold-texts.ts';

describe('what a run is held for', () => {
  it.each(Object.entries(HOLD_TEXTS))('%s is told with its mend in both languages', (_, { detail, mend }) => {
    for (const { en, ko } of [detail, mend]) {
      expect(en).toMatch(/^[A-Z].*\.$/);
      expect(ko).toMatch(/[가-힣].*\.$/);
    }
  });

  it('is the error with its facts, when its reason is the code of one', () => {
    const facts = { source: 'core-db', reason: 'it refuses the user or the password' };
    const told = describeHoldReason('source_unreachable', facts, 'en');
    expect(told.detail).toContain('core-db cannot be reached: it refuses the user or the password');
    expect(told.mend).toMatch(/goes on by itself/);
    expect(describeHoldReason('source_unreachable', facts, 'ko').detail).toMatch(
      /core-db.*연결할 수 없습니다/,
    );
  });

  it.each([
    ['AccountSuspendedException', /console of SES/],
    ['MessageRejected', /verified in SES/],
    ['ConfigurationSetDoesNotExistException', /configuration set/],
    ['SignatureDoesNotMatch', /key, the password or the rights/],
    ['EAUTH', /key, the password or the rights/],
    ['535 5.7.8', /key, the password or the rights/],
    ['CERT_HAS_EXPIRED', /certificate/],
    ['smtp_client', /lift the hold/],
  ])('a transport that says %s: what to do', (code, mend) => {
    const told = describeHoldReason(`transport_stopped:${code}`, {}, 'en');
    expect(told.detail).toContain(code);
    expect(told.mend).toMatch(mend);
    expect(describeHoldReason(`transport_stopped:${code}`, {}, 'ko').mend).toMatch(/보류를 해제/);
  });

  it('is left as it is, when a person has written it', () => {
    expect(describeHoldReason('wrong logo', {}, 'en')).toEqual({});
  });
});
