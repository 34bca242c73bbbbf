INSERT INTO "Templates" ("Code", "Channel", "Subject", "Body")
VALUES ('appointment.confirmed', 'Email', 'Your appointment', 'We look forward to seeing you on {{StartsAt}}.'),
       ('appointment.reminder', 'Sms', NULL, 'Tomorrow at {{StartsAt}}: {{Service}}.'),
       ('appointment.cancelled', 'Email', 'Cancelled', 'Your appointment of {{StartsAt}} was cancelled.')
ON CONFLICT ("Code", "Channel") DO NOTHING;
