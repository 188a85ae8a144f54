import { want } from '../../text/expected.ts';
import type { Flowtable } from '../model.ts';
import { readPriority } from './priority.ts';
import type { Reader } from './reader.ts';

/** After the name of a flowtable. */
export function readFlowtableBlock(reader: Reader, name: string): Flowtable {
  const building: { -readonly [K in keyof Flowtable]: Flowtable[K] } = {
    name,
    hook: 'ingress',
    priority: 0,
    devices: [],
  };
  reader.scanner.handle = undefined;
  reader.expect('{');
  if (reader.scanner.handle !== undefined) building.handle = reader.scanner.handle;
  for (;;) {
    reader.skipSeparators();
    if (reader.takeMark('}')) return building;
    if (reader.take('hook')) {
      reader.expect('ingress');
      reader.expect('priority');
      building.priority = readPriority(reader, 'netdev', 'ingress');
      reader.expectSeparator();
    } else if (reader.take('devices')) {
      building.devices = readDevices(reader);
      reader.expectSeparator();
    } else if (reader.take('counter')) building.counter = true;
    else if (reader.take('flags')) {
      reader.expect('offload');
      building.offload = true;
      reader.expectSeparator();
    } else
      reader.refuse(`unexpected ${reader.describe()}`, want.either('hook', 'devices', 'counter', 'flags'));
  }
}

/** `= { eth0, "eth1" }`, in which what was defined may stand. */
export function readDevices(reader: Reader): readonly string[] {
  reader.expect('=');
  return readDeviceSet(reader);
}

function readDeviceSet(reader: Reader): string[] {
  if (reader.isMark('$')) return reader.within(() => readDeviceSet(reader));
  if (!reader.takeMark('{')) return [reader.name('device')];
  const devices: string[] = [];
  for (;;) {
    reader.skipNewlines();
    if (reader.takeMark('}')) return devices;
    devices.push(...readDeviceSet(reader));
    reader.skipNewlines();
    if (!reader.takeMark(',') && !reader.isMark('}'))
      reader.refuse(`unexpected ${reader.describe()}`, want.thing('comma'));
  }
}
