-- Takes the old row out of its subject's summary and puts the new one in; only published ones count.
CREATE OR REPLACE FUNCTION review_summarize() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status = 'published' THEN
    UPDATE review_summaries
    SET reviews = reviews - 1, rating_sum = rating_sum - OLD.rating, updated_at = now()
    WHERE subject_kind = OLD.subject_kind AND subject_id = OLD.subject_id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.status = 'published' THEN
    INSERT INTO review_summaries AS s (subject_kind, subject_id, reviews, rating_sum)
    VALUES (NEW.subject_kind, NEW.subject_id, 1, NEW.rating)
    ON CONFLICT (subject_kind, subject_id) DO UPDATE
    SET reviews = s.reviews + 1, rating_sum = s.rating_sum + excluded.rating_sum, updated_at = now();
  END IF;
  RETURN NULL;
END $$;
