INSERT INTO supplier_onboarding_requirements (code, description, is_mandatory)
VALUES ('registration', 'Certificate of registration', true),
       ('tax_clearance', 'Tax clearance certificate', true),
       ('gas_license', 'Licence to fill and sell medical gases', true),
       ('insurance', 'Liability insurance', true),
       ('facility_photos', 'Photographs of the premises', false)
ON CONFLICT (code) DO NOTHING;
