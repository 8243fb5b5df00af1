import { ApiError } from '@fluoroscope/api';

/** Names stand in ARNs, logs and consoles. */
export function refuseControlCharacters(member: string, name: string): void {
  if (/\p{Cc}/u.test(name) || name.trim() !== name)
    throw new ApiError('InvalidRequestException', `${member}: no control characters, and no spaces around it`);
}
