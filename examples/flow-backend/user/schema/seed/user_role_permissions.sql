-- innkeeper: requires user_roles.sql user_permissions.sql
INSERT INTO user_role_permissions (role_id, permission_id)
SELECT r.id, p.id
FROM (VALUES
    ('customer', 'order.place'), ('customer', 'order.read_own'),
    ('hospital', 'order.place'), ('hospital', 'order.read_own'),
    ('vendor', 'order.read_own'), ('vendor', 'inventory.manage'),
    ('courier', 'order.read_own'), ('courier', 'delivery.carry'),
    ('administrator', 'order.read_all'), ('administrator', 'vendor.verify'), ('administrator', 'user.manage')
) AS given (role, permission)
JOIN user_roles AS r ON r.code = given.role
JOIN user_permissions AS p ON p.code = given.permission
ON CONFLICT (role_id, permission_id) DO NOTHING;
