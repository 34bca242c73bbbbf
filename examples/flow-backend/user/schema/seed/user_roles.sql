INSERT INTO user_roles (code, description)
VALUES ('customer', 'Orders for a home or a person'),
       ('vendor', 'Sells, fills and delivers cylinders'),
       ('hospital', 'Orders for a hospital'),
       ('courier', 'Delivers'),
       ('administrator', 'Runs the platform')
ON CONFLICT (code) DO NOTHING;
