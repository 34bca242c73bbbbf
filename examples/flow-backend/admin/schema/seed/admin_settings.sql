INSERT INTO admin_settings (key, value, description)
VALUES ('platform.currency', '"NGN"', 'The currency of new orders'),
       ('platform.commission_percent', '5', 'The platform''s part of a payment'),
       ('order.emergency_minutes', '60', 'Within how many minutes an emergency is delivered')
ON CONFLICT (key) DO NOTHING;
