import { appendFileSync } from 'node:fs';

/**
 * Preloaded with --import: writes down every name that the process wants resolved and every address that it
 * calls, in every thread. It stands beneath node:net, node:tls, node:dgram and node:dns, at the doors of libuv.
 */
const file = process.env.TANK_TEST_WATCH;
const note = (what) => appendFileSync(file, `${what}\n`);

const watch = (binding, owner, method, describe) => {
  const target = owner ? process.binding(binding)[owner].prototype : process.binding(binding);
  const original = target[method];
  if (typeof original !== 'function')
    throw new Error(`${binding} has no ${method}: nothing would be watched`);
  target[method] = function (...args) {
    note(describe(args));
    return original.apply(this, args);
  };
};

watch('tcp_wrap', 'TCP', 'connect', ([, address, port]) => `tcp ${address} ${port}`);
watch('tcp_wrap', 'TCP', 'connect6', ([, address, port]) => `tcp ${address} ${port}`);
watch('udp_wrap', 'UDP', 'send', (args) => `udp ${args.slice(3).filter((arg) => typeof arg === 'string')}`);
watch('udp_wrap', 'UDP', 'send6', (args) => `udp ${args.slice(3).filter((arg) => typeof arg === 'string')}`);
watch('udp_wrap', 'UDP', 'connect', ([address, port]) => `udp ${address} ${port}`);
watch('udp_wrap', 'UDP', 'connect6', ([address, port]) => `udp ${address} ${port}`);
watch('cares_wrap', undefined, 'getaddrinfo', ([, name]) => `name ${name}`);
for (const type of ['A', 'Aaaa', 'Any', 'Mx', 'Srv', 'Txt', 'Cname', 'Ptr', 'Soa', 'Ns'])
  watch('cares_wrap', 'ChannelWrap', `query${type}`, ([, name]) => `name ${name}`);
