import { expect, it } from 'vitest';
import { isRedisAddress, readRedisAddress } from './redis-address.js';

it('reads some nodes of a cluster, with who asks and how', () => {
  expect(
    readRedisAddress('rediss+cluster://bells:p%40ss%2Cw%2Frd@one.example.org:7000,two.example.org,[::1]:7002/'),
  ).toEqual({
    ...{ isCluster: true, isSecret: true, username: 'bells', password: 'p@ss,w/rd' },
    nodes: [
      { host: 'one.example.org', port: 7000 },
      { host: 'two.example.org', port: 6379 },
      { host: '::1', port: 7002 },
    ],
  });
  expect(readRedisAddress('redis://:secret@127.0.0.1/3')).toEqual({
    ...{ isCluster: false, isSecret: false, username: '', password: 'secret' },
    nodes: [{ host: '127.0.0.1', port: 6379 }],
  });
});

it.each([
  'http://one',
  'redis:',
  'redis://',
  'redis+cluster://',
  'redis+cluster://one,',
  'redis+cluster://one,two:x',
  'redis+cluster://one/1',
  'redis://one,two',
  'redis://:a%zz@one',
  'redis+cluster://one:6379,redis+cluster://two:6379',
])('is no address, and nothing of it is said: %s', (address) => {
  expect(isRedisAddress(address)).toBe(false);
  expect(() => readRedisAddress(address)).toThrow(/^A redis:\/\/ or redis\+cluster:\/\/ address is expected\.$/);
});
