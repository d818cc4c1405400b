"""PNG files of every colour type and bit depth, plain and interlaced, and the pixels that Pillow reads from them.

Pillow writes no interlaced files and few of 16 bits: those are written here, after https://www.w3.org/TR/png-3/, and read by Pillow.
"""

import base64
import io
import json
import pathlib
import random
import struct
import sys
import zlib

from PIL import Image

PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, body):
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filtered(kind, line, before, step):
    out = bytearray([kind])
    for i, value in enumerate(line):
        left = line[i - step] if i >= step else 0
        corner = before[i - step] if i >= step else 0
        up = before[i]
        out.append((value - [0, left, up, (left + up) // 2, paeth(left, up, corner)][kind]) % 256)
    return bytes(out)


def write(width, height, colour, depth, samples, interlaced, more=b''):
    """`samples`: function of x, y → the samples of a pixel. Rows take the filters in turn."""
    raw = b''
    count = len(samples(0, 0))
    step = max(1, count * depth // 8)
    turn = 0
    for x0, y0, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        columns = range(x0, width, dx)
        if not columns:
            continue
        before = None
        for y in range(y0, height, dy):
            bits = ''.join(format(s, f'0{depth}b') for x in columns for s in samples(x, y))
            bits += '0' * (-len(bits) % 8)
            line = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
            raw += filtered(turn % 5, line, before or bytes(len(line)), step)
            before = line
            turn += 1
    header = struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, int(interlaced))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + more + chunk(b'IDAT', zlib.compress(raw, 9)) + chunk(b'IEND', b'')


def main():
    random.seed(0)
    cases = []

    def case(name, png):
        image = Image.open(io.BytesIO(png))
        image.load()
        if image.mode.startswith('I'):
            # Pillow clips greys of 16 bits when it converts them.
            image = image.point(lambda v: v / 257).convert('L')
        rgba = image.convert('RGBA')
        cases.append(
            {
                'name': name,
                'width': rgba.width,
                'height': rgba.height,
                'png': base64.b64encode(png).decode(),
                'rgba': base64.b64encode(rgba.tobytes()).decode(),
            }
        )

    size = (11, 9)
    for interlaced in (False, True):
        for colour, count, depths in ((0, 1, (1, 2, 4, 8, 16)), (2, 3, (8, 16)), (4, 2, (8, 16)), (6, 4, (8, 16))):
            for depth in depths:
                values = {}

                def samples(x, y, depth=depth, count=count, values=values):
                    # Slopes with noise: what filters are for.
                    top = 2**depth - 1
                    if (x, y) not in values:
                        values[x, y] = [min(top, max(0, int(top * (x + y * k) / 40 + random.random() * top / 8))) for k in range(count)]
                    return values[x, y]

                case(f'colour type {colour}, {depth} bits{", interlaced" if interlaced else ""}', write(*size, colour, depth, samples, interlaced))
        for depth in (1, 2, 4, 8):
            colours = 2**depth
            palette = chunk(b'PLTE', bytes(random.randrange(256) for _ in range(3 * colours)))
            clear = chunk(b'tRNS', bytes(random.randrange(256) for _ in range(colours // 2)))
            png = write(*size, 3, depth, lambda x, y, colours=colours: [(x * 7 + y * 3) % colours], interlaced, palette + clear)
            case(f'palette of {depth} bits{", interlaced" if interlaced else ""}', png)
    case('one clear colour', write(*size, 2, 8, lambda x, y: [x % 3, y % 2, 5], False, chunk(b'tRNS', struct.pack('>HHH', 1, 1, 5))))
    case('one clear grey', write(*size, 0, 8, lambda x, y: [(x + y) % 4], False, chunk(b'tRNS', struct.pack('>H', 2))))
    case('one pixel', write(1, 1, 6, 8, lambda x, y: [1, 2, 3, 4], True))
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / 'cases.json'
    path.write_text(json.dumps(cases, indent=1) + '\n')


main()
