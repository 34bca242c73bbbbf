INSERT INTO notification_templates (code, channel, subject, body)
VALUES ('order.accepted', 'push', NULL, 'Your order {{number}} was accepted.'),
       ('order.dispatched', 'sms', NULL, 'Your order {{number}} is on its way.'),
       ('order.delivered', 'email', 'Order {{number}} was delivered', 'Received by {{received_by}}.'),
       ('account.verify', 'email', 'Your address', 'Please confirm your address: {{link}}')
ON CONFLICT (code, channel, locale) DO NOTHING;
