"""
The one door to the databases of clusters: log in, ask, compare.

What a real GaussDB(DWS) needs to let this client in. It stores passwords as its own SHA256 by
default (``password_encryption_type`` 2 in versions from 8.1.1; a cluster that was upgraded from
8.0 keeps 1), which no libpq speaks: the login ends with an unknown or unsupported authentication
method. With ``password_encryption_type`` 1 it stores MD5 beside it, which libpq speaks; it holds
for passwords set afterwards, so the user's password is to be set again (`ResetPassword` for the
administrator, ``ALTER USER`` for others). Source: GaussDB(DWS) developer guide, connecting by
open-source drivers, and parameters of security and authentication. The port of the cluster must
be open for this machine in its security group.

Encryption is demanded and the certificate verified wherever the way leaves this machine: a
cluster accepts it by default (``ssl`` is on since 1.3.1; user guide, SSL connections).
"""
