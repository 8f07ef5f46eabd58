export { startTestRedis } from './test-redis.js';
export { startTestRedisCluster } from './test-redis-cluster.js';
