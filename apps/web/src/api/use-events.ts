import { useEffect, useEffectEvent, useState } from 'react';
import { type Connection, followEvents } from './follow-events.js';

/**
 * Follows a stream of server-sent events while the component is there; null follows none.
 *
 * @param names - the events that are listened to
 * @param onEvent - is given each event's name, its data as it was sent, and its id
 */
export function useEvents(
  address: string | null,
  names: readonly string[],
  onEvent: (name: string, data: string, id: string) => void,
): Connection {
  const [connection, setConnection] = useState<Connection>('connecting');
  const tell = useEffectEvent(onEvent);
  const key = names.join(' ');
  useEffect(() => {
    if (address === null) return;
    const on = Object.fromEntries(
      key.split(' ').map((name) => [name, (data: string, id: string) => tell(name, data, id)]),
    );
    return followEvents(address, { on, onConnection: setConnection });
  }, [address, key]);
  return connection;
}
