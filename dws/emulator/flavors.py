"""The kinds of nodes that are sold. Names as in the guides and the reference, figures assumed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flavor:
    """A kind of node."""

    name: str
    vcpus: int
    ram_gb: int
    disk_gb: int
    volume: str
    datastore: str = "dws"


VERSION = "8.2.1"
VERSIONS = ("8.1.1.202", "8.1.3.333", "8.2.0", "8.2.0.100", VERSION, "8.2.1.220", "8.3.0.100")
"""Some that there were and are; what leads where is assumed: from any to each newer one."""

FLAVORS = {
    flavor.name: flavor
    for flavor in (
        Flavor("dws.d1.xlarge", 4, 32, 1675, "SATA"),
        Flavor("dws.d1.xlarge.ultrahigh", 4, 32, 320, "SSD"),
        Flavor("dws.d2.xlarge", 4, 32, 1675, "LOCAL_DISK"),
        Flavor("dws.m1.xlarge.ultrahigh", 4, 32, 160, "SSD"),
        Flavor("dws.m3.xlarge", 4, 32, 160, "SSD"),
        Flavor("dws2.m6.4xlarge.8", 16, 128, 2000, "SSD"),
        Flavor("dwsx2.xlarge", 4, 16, 100, "SSD"),
        Flavor("dwsx2.2xlarge", 8, 64, 100, "SSD"),
        Flavor("dwsk2.xlarge", 4, 32, 160, "SSD"),
        Flavor("dwsx2.h.xlarge.4.c6", 4, 16, 20, "SSD", "hybrid"),
        Flavor("physical.d2.24xlarge.5", 96, 512, 40200, "LOCAL_DISK"),
    )
}
