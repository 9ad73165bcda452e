"""An emulated DWS service over real HTTP, with a clock one can turn."""

from dws.emulator.server import Emulator
from dws.emulator.spec import WorldSpec
from dws.emulator.world_file import WorldFileUnusable, read_world

__all__ = ["Emulator", "WorldFileUnusable", "WorldSpec", "read_world"]
