/** Numbers for sets of keys, ascending, as they are first met. */
export interface KeySets {
  numberOf(keyNos: readonly number[]): number;
}

/** Keys below this are told apart in pairs by one number. */
const PAIR_KEYS_MAX = 2 ** 26;

export function createKeySets(added: (setNo: number, keyNos: readonly number[]) => void): KeySets {
  const numbers = new Map<number | string, number>();
  return {
    numberOf(keyNos) {
      const name = nameOf(keyNos);
      let number = numbers.get(name);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(name, number);
        added(number, keyNos);
      }
      return number;
    },
  };
}

/** Nearly all sets have one key or two, and a number is a much cheaper name than a text. */
function nameOf(keyNos: readonly number[]): number | string {
  const [first = 0, second] = keyNos;
  if (keyNos.length === 1) return first;
  if (keyNos.length === 2 && second !== undefined && second < PAIR_KEYS_MAX - 1)
    return (first + 1) * PAIR_KEYS_MAX + second;
  return keyNos.join(',');
}
