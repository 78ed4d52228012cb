import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { pythonProgram } from './python.ts';

/** moto, which others have written after AWS: https://docs.getmoto.org/en/latest/docs/server_mode.html */
export const startMoto = async () => {
  const port = await freePort();
  const program = spawn(pythonProgram('moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  const ended = new Promise((done) => program.on('exit', done));
  const endpoint = `http://127.0.0.1:${port}`;
  await untilItAnswers(`${endpoint}/moto-api/`);
  return {
    endpoint,
    stop: async () => {
      program.kill();
      await ended;
    },
  };
};

const untilItAnswers = async (url: string): Promise<void> => {
  for (let tries = 0; tries < 300; tries += 1) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await wait(100);
  }
  throw new Error('moto does not answer');
};
