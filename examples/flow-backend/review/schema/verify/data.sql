-- innkeeper: requires structure.sql
-- Orphans: foreign keys keep them away, unless somebody switched triggers off.
SELECT format('review_reports: %s rows whose review_id is not in review_reviews', count(*)) AS problem
FROM review_reports AS child
WHERE NOT EXISTS (SELECT FROM review_reviews AS parent WHERE parent.id = child.review_id)
HAVING count(*) > 0;

-- What no constraint can say.
SELECT format('%s %s: the summary says %s reviews with %s stars, there are %s with %s', subject_kind, subject_id,
              coalesce(s.reviews, 0), coalesce(s.rating_sum, 0), coalesce(r.reviews, 0), coalesce(r.rating_sum, 0))
    AS problem
FROM review_summaries AS s
FULL JOIN (SELECT subject_kind, subject_id, count(*) AS reviews, sum(rating) AS rating_sum
           FROM review_reviews WHERE status = 'published' GROUP BY subject_kind, subject_id) AS r
    USING (subject_kind, subject_id)
WHERE (coalesce(s.reviews, 0), coalesce(s.rating_sum, 0)) <> (coalesce(r.reviews, 0), coalesce(r.rating_sum, 0));
