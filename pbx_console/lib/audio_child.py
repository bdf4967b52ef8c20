"""Decodes what somebody sent, in a process of its own that may be killed.

Standard input is the file, standard output its samples: mono, 16 bit, 16 kHz. It ends with
3 when the sound is too long; anything else but 0 means that it could not be read.

    python audio_child.py SECONDS
"""

from __future__ import annotations

import io
import itertools
import resource
import sys

RATE = 16000
MEMORY = 2 << 30  # address space; arrays are made block by block
CPU = 60  # seconds
TOO_LONG = 3


def limit() -> None:
    """Bound what a made-up file can cost."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(most: int) -> int:
    """Copy the sound from input to output."""
    import numpy  # noqa: PLC0415 - under the limits
    import soundfile  # type: ignore[import-untyped]  # noqa: PLC0415
    import soxr  # type: ignore[import-untyped]  # noqa: PLC0415

    left = most * RATE
    with soundfile.SoundFile(io.BytesIO(sys.stdin.buffer.read())) as file:
        if not (4000 <= file.samplerate <= 192000 and 1 <= file.channels <= 8):
            return 2
        resampler = soxr.ResampleStream(file.samplerate, RATE, 1, dtype="float32")
        blocks = file.blocks(1 << 16, dtype="float32", always_2d=True)
        for part in itertools.chain(blocks, [None]):
            whole = part if part is not None else numpy.zeros((0, 1), "float32")
            mono = numpy.clip(numpy.nan_to_num(whole.mean(axis=1)), -1, 1)
            made = resampler.resample_chunk(mono.astype("float32"), last=part is None)
            left -= len(made)
            if left < 0:
                return TOO_LONG
            samples = numpy.clip(made, -1, 1) * 32767
            sys.stdout.buffer.write(samples.astype("<i2").tobytes())
    return 0


if __name__ == "__main__":
    limit()
    sys.exit(main(int(sys.argv[1])))
