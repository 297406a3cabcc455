import { seeded } from '../random.js';

/**
 * A cut stone as binary glTF 2.0: two points and a ring between them. How many sides it has, how
 * tall it is and what colour follow from the seed.
 */
export const encodeGlb = (seed: number): Buffer => {
  const random = seeded(seed);
  const sides = 5 + Math.floor(random() * 8);
  const [up, down] = [0.5 + random(), 0.5 + random()];
  const ring = Array.from({ length: sides }, (_each, at): readonly [number, number, number] => {
    const [angle, radius] = [(2 * Math.PI * at) / sides, 0.6 + 0.3 * random()];
    return [radius * Math.cos(angle), 0, radius * Math.sin(angle)];
  });
  const points: (readonly [number, number, number])[] = [[0, up, 0], [0, -down, 0], ...ring];
  const faces = ring.flatMap((_point, at) => {
    const [here, next] = [2 + at, 2 + ((at + 1) % sides)];
    return [0, next, here, 1, here, next];
  });
  const positions = Buffer.alloc(points.length * 12);
  points.flat().forEach((value, at) => positions.writeFloatLE(value, at * 4));
  const indices = Buffer.alloc(faces.length * 2);
  faces.forEach((value, at) => indices.writeUInt16LE(value, at * 2));
  const binary = Buffer.concat([positions, indices]);
  const colour = [random(), random(), random(), 1];
  return glbOf(describe(points, faces.length, positions.length, binary.length, colour), binary);
};

const describe = (
  points: readonly (readonly [number, number, number])[],
  faceCount: number,
  positionBytes: number,
  bytes: number,
  colour: readonly number[],
): object => {
  const axis = (at: 0 | 1 | 2): number[] => points.map((point) => Math.fround(point[at]));
  const axes = [axis(0), axis(1), axis(2)];
  return {
    asset: { version: '2.0', generator: 'rh-batch emulator' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, material: 0 }] }],
    materials: [
      {
        pbrMetallicRoughness: { baseColorFactor: colour, metallicFactor: 0.1 },
        doubleSided: true,
      },
    ],
    accessors: [
      {
        bufferView: 0,
        componentType: 5126,
        count: points.length,
        type: 'VEC3',
        min: axes.map((values) => Math.min(...values)),
        max: axes.map((values) => Math.max(...values)),
      },
      { bufferView: 1, componentType: 5123, count: faceCount, type: 'SCALAR' },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: positionBytes, target: 34_962 },
      { buffer: 0, byteOffset: positionBytes, byteLength: bytes - positionBytes, target: 34_963 },
    ],
    buffers: [{ byteLength: bytes }],
  };
};

/** A header, the description and the bytes; each part is a multiple of four. */
const glbOf = (description: object, binary: Buffer): Buffer => {
  const parts = [
    chunk('JSON', padded(Buffer.from(JSON.stringify(description)), 0x20)),
    chunk('BIN\0', padded(binary, 0)),
  ];
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(12);
  head.write('glTF', 0, 'latin1');
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(12 + body.length, 8);
  return Buffer.concat([head, body]);
};

const chunk = (type: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(data.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data]);
};

const padded = (data: Buffer, filler: number): Buffer =>
  Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4, filler)]);
