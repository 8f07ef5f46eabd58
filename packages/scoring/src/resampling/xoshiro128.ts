/** The state of the generator: four numbers of 32 bits, not all 0. */
export type RandomState = Int32Array;

/**
 * Fills with uniform whole numbers of 32 bits by xoshiro128**, and moves the state on by as many. A whole array at
 * a time, because a state in local variables is several times as quick as one in an object.
 *
 * Source: D. Blackman, S. Vigna, “Scrambled linear pseudorandom number generators”, ACM Transactions on Mathematical
 * Software 47(4), 2021, 36; prng.di.unimi.it/xoshiro128starstar.c, in the public domain.
 */
export function fillRandom(state: RandomState, numbers: Uint32Array): void {
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  for (let place = 0; place < numbers.length; place++) {
    const scrambled = Math.imul(b, 5);
    numbers[place] = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

/**
 * A state for each stream of a seed, by SplitMix64, as the authors of xoshiro advise: close seeds and streams give
 * unlike states. The stream takes two of the seed's numbers of 64 bits; consecutive ones differ, so not all is 0.
 *
 * Source: G. L. Steele, D. Lea, C. H. Flood, “Fast splittable pseudorandom number generators”, OOPSLA 2014, 453–472;
 * prng.di.unimi.it/splitmix64.c, in the public domain.
 */
export function seedStream(seed: number, stream: number): RandomState {
  const before = BigInt(seed) + goldenGamma * BigInt(2 * stream);
  const first = mix(before + goldenGamma);
  const second = mix(before + 2n * goldenGamma);
  return new Int32Array(BigUint64Array.of(first, second).buffer);
}

/**
 * The states of a seed's first streams, one after the other. Those of the last seed are kept: a test set has one seed for
 * all its entries, and whole numbers of 64 bits are slow.
 */
export function seedStreams(seed: number, count: number): Int32Array {
  if (kept.seed !== seed || kept.states.length < 4 * count) {
    const states = new Int32Array(4 * count);
    for (let stream = 0; stream < count; stream++) states.set(seedStream(seed, stream), 4 * stream);
    kept = { seed, states };
  }
  return kept.states;
}

let kept = { seed: Number.NaN, states: new Int32Array() };

function mix(number: bigint): bigint {
  let mixed = BigInt.asUintN(64, number);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
  return mixed ^ (mixed >> 31n);
}

const goldenGamma = 0x9e3779b97f4a7c15n;
