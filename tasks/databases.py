"""Tasks on databases: users, what they may, objects, schemas, identity sources."""

from dws.operations import databases as ops
from dws.waiters import databases as waiters
from tasks.factory import operation_task, waiter_task

create_database_user = operation_task(ops.CreateDatabaseUser)
create_ldap_conf = operation_task(ops.CreateLdapConf)
create_oneaccess_conf = operation_task(ops.CreateOneaccessConf)
delete_database_user = operation_task(ops.DeleteDatabaseUser)
execute_database_om_user_action = operation_task(ops.ExecuteDatabaseOmUserAction)
execute_identity_sync = operation_task(ops.ExecuteIdentitySync)
export_database_users = operation_task(ops.ExportDatabaseUsers)
export_user_authority = operation_task(ops.ExportUserAuthority)
list_database_objects = operation_task(ops.ListDatabaseObjects)
list_database_user_authorities = operation_task(ops.ListDatabaseUserAuthorities)
list_database_user_roles = operation_task(ops.ListDatabaseUserRoles)
list_database_users = operation_task(ops.ListDatabaseUsers)
list_schemas = operation_task(ops.ListSchemas)
list_sync_record_details = operation_task(ops.ListSyncRecordDetails)
list_sync_records = operation_task(ops.ListSyncRecords)
show_database_authority = operation_task(ops.ShowDatabaseAuthority)
show_database_om_user_status = operation_task(ops.ShowDatabaseOmUserStatus)
show_database_user = operation_task(ops.ShowDatabaseUser)
show_ldap_conf = operation_task(ops.ShowLdapConf)
sync_iam_users = operation_task(ops.SyncIamUsers)
update_database_authority = operation_task(ops.UpdateDatabaseAuthority)
update_database_user_info = operation_task(ops.UpdateDatabaseUserInfo)
update_schemas = operation_task(ops.UpdateSchemas)
validate_db_data = operation_task(ops.ValidateDbData)

wait_until_identity_synced = waiter_task("identity_synced", waiters.identity_synced)
