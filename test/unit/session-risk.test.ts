import { describe, expect, it } from 'vitest';
import { assessRisk, type RequestFacts, type SessionFacts } from '../../shared/domain/session-risk.ts';
import { deviceLabel, parseUserAgent } from '../../shared/domain/user-agent.ts';

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const CHROME = `${WINDOWS} Chrome/143.0.0.0 Safari/537.36`;
const EDGE = `${WINDOWS} Chrome/143.0.0.0 Safari/537.36 Edg/143.0.3650.66`;
const WHALE = `${WINDOWS} Chrome/138.0.0.0 Whale/4.33.325.17 Safari/537.36`;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1';
const CHROME_IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/143.0.7499.38 Mobile/15E148 Safari/604.1';
const SAMSUNG =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36';

describe('a browser', () => {
  it.each([
    [CHROME, 'Chrome', '143', 'Chrome on Windows'],
    [EDGE, 'Edge', '143', 'Edge on Windows'],
    [WHALE, 'Whale', '4', 'Whale on Windows'],
    [FIREFOX, 'Firefox', '145', 'Firefox on Linux'],
    [SAFARI, 'Safari', '26', 'Safari on macOS'],
    [IPHONE, 'Safari', '26', 'Safari on iPhone'],
    [CHROME_IPHONE, 'Chrome', '143', 'Chrome on iPhone'],
    [SAMSUNG, 'Samsung Internet', '29', 'Samsung Internet on Android'],
    ['curl/8.5.0', 'curl', '8', 'curl'],
    ['tank-cli', 'tank-cli', '', 'tank-cli'],
    ['', 'unknown', '', 'unknown'],
  ])('%s', (agent, family, major, label) => {
    expect(parseUserAgent(agent)).toEqual({ family, major });
    expect(deviceLabel(agent)).toBe(label);
  });
});

describe('the risk of a session', () => {
  const session: SessionFacts = {
    address: '192.0.2.1',
    agent: CHROME,
    begunAt: 0,
    seenAt: 0,
    endsAt: 1000,
    idleMs: 500,
  };
  const newer = CHROME.replace('143', '144');

  it.each<[string, Partial<RequestFacts>, Partial<SessionFacts>, number, string]>([
    ['nothing', {}, {}, 0, 'none'],
    ['another address of the same network', { address: '192.0.2.9' }, {}, 10, 'none'],
    ['another network', { address: '203.0.113.1' }, {}, 30, 'sign_in_again'],
    ['another IPv6 of the same /64', { address: '2001:db8::2' }, { address: '2001:db8::1' }, 10, 'none'],
    ['another IPv6 network', { address: '2001:db8:1::2' }, { address: '2001:db8::1' }, 30, 'sign_in_again'],
    ['another version', { agent: newer }, {}, 15, 'none'],
    ['another browser', { agent: FIREFOX }, {}, 40, 'end'],
    ['Edge, which says Chrome as well', { agent: EDGE }, {}, 40, 'end'],
    ['half its age', { now: 501 }, { seenAt: 501 }, 10, 'none'],
    ['half its idle time', { now: 251 }, {}, 5, 'none'],
    ['some way off', { distanceKm: 101 }, {}, 20, 'none'],
    ['far away', { distanceKm: 1001 }, {}, 50, 'second_factor'],
    ['exactly the borders', { distanceKm: 100, now: 250 }, {}, 0, 'none'],
    ['exactly 30', { address: '192.0.2.9', agent: newer, now: 251 }, {}, 30, 'confirm_sensitive'],
    [
      'address, version and age',
      { address: '192.0.2.9', agent: newer, now: 501 },
      { seenAt: 501 },
      35,
      'confirm_sensitive',
    ],
    ['far away in another network', { address: '203.0.113.1', distanceKm: 5000 }, {}, 80, 'end'],
    [
      'another network and some way off',
      { address: '203.0.113.1', distanceKm: 500 },
      {},
      50,
      'sign_in_again',
    ],
  ])('%s', (_, request, changed, score, act) => {
    const risk = assessRisk(
      { ...session, ...changed },
      { address: changed.address ?? session.address, agent: CHROME, now: 0, ...request },
    );
    expect(risk).toMatchObject({ score, act });
  });
});
