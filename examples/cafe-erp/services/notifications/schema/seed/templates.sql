INSERT INTO templates (code, channel, subject, body)
VALUES ('order.ready', 'push', NULL, 'Your order {{number}} is ready.'),
       ('order.receipt', 'email', 'Your receipt {{number}}', 'Thank you. You paid {{total}}.'),
       ('reservation.confirmed', 'sms', NULL, 'Table {{table}} is yours on {{date}} at {{time}}.')
ON CONFLICT (code, channel, locale, revision) DO NOTHING;
