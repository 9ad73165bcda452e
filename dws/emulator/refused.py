"""How the emulated service says no."""

from __future__ import annotations

from dws.emulator.spec import Missing, Profile


class Refused(Exception):
    """
    A request that is answered with an error, and has changed nothing.

    Attributes:
        status: HTTP status code.
        code: Error code of the service or of its gateway.
        message: Its words.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message


def busy() -> Refused:
    """The cluster works on something, or did a moment ago (facts/service_and_peers B4.3, B5)."""
    return Refused(403, "DWS.7023", "Cluster status is not allowed to operation.")


def name_taken(kind: str, name: str) -> Refused:
    """Another resource has that name. The reference has the code for clusters; assumed for all."""
    return Refused(409, "DWS.5050", f"The {kind} name already exists: {name}.")


def no_cluster(profile: Profile, cluster_id: str, *, was_there: bool) -> Refused:
    """No such cluster: told in five ways, depending on endpoint and region (facts C)."""
    if profile.missing_cluster is not Missing.NOT_FOUND:
        return _BY_PROFILE[profile.missing_cluster](f"The cluster {cluster_id} does not exist.")
    if was_there:
        return Refused(404, "DWS.3027", f"The cluster {cluster_id} has been deleted.")
    return Refused(404, "DWS.0047", f"The cluster {cluster_id} does not exist.")


def no_snapshot(profile: Profile, snapshot_id: str) -> Refused:
    """No such snapshot. That the 404 has this code is assumed: its source has none."""
    message = f"The snapshot {snapshot_id} does not exist."
    if profile.missing_snapshot is Missing.INVALID_SNAPSHOT:
        return Refused(400, "DWS.5149", message)
    if profile.missing_snapshot is Missing.INVALID_ID:
        return Refused(400, "DWS.0001", message)
    return Refused(404, "DWS.5149", message)


def no_job(job_id: str) -> Refused:
    """No such job (assumed: the code is that of a missing cluster outside its details)."""
    return Refused(404, "DWS.0047", f"The job {job_id} does not exist.")


def not_usable(snapshot_id: str, status: str) -> Refused:
    """The snapshot is not one to restore from or to copy (assumed: this code)."""
    return Refused(400, "DWS.5149", f"The snapshot {snapshot_id} is {status}: not AVAILABLE.")


_BY_PROFILE = {
    Missing.FORBIDDEN: lambda message: Refused(403, "DWS.0015", message),
    Missing.UNAUTHORIZED: lambda message: Refused(401, "DWS.0047", message),
    Missing.INVALID_ID: lambda message: Refused(400, "DWS.0001", message),
}
