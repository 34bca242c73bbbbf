-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('supplier_onboarding_documents: %s rows whose application_id'
              ' is not in supplier_onboarding_applications', count(*))
    AS problem
FROM supplier_onboarding_documents AS child
WHERE NOT EXISTS (SELECT FROM supplier_onboarding_applications AS parent WHERE parent.id = child.application_id)
HAVING count(*) > 0;

SELECT format('supplier_onboarding_documents: %s rows whose requirement_code'
              ' is not in supplier_onboarding_requirements', count(*))
    AS problem
FROM supplier_onboarding_documents AS child
WHERE NOT EXISTS (SELECT FROM supplier_onboarding_requirements AS parent WHERE parent.code = child.requirement_code)
HAVING count(*) > 0;

SELECT format('supplier_onboarding_notes: %s rows whose application_id'
              ' is not in supplier_onboarding_applications', count(*))
    AS problem
FROM supplier_onboarding_notes AS child
WHERE NOT EXISTS (SELECT FROM supplier_onboarding_applications AS parent WHERE parent.id = child.application_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('application %s was approved without an accepted %s', a.id, r.code) AS problem
FROM supplier_onboarding_applications AS a CROSS JOIN supplier_onboarding_requirements AS r
WHERE a.status = 'approved' AND r.is_mandatory
  AND NOT EXISTS (SELECT FROM supplier_onboarding_documents AS d
                  WHERE d.application_id = a.id AND d.requirement_code = r.code
                    AND d.status IN ('accepted', 'expired'));
