INSERT INTO user_permissions (code, description)
VALUES ('order.place', 'Place orders'), ('order.read_own', 'See one''s own orders'),
       ('order.read_all', 'See all orders'),
       ('inventory.manage', 'Change stock and cylinders'), ('delivery.carry', 'Take over deliveries'),
       ('vendor.verify', 'Verify vendors and hospitals'), ('user.manage', 'Suspend and close accounts')
ON CONFLICT (code) DO NOTHING;
