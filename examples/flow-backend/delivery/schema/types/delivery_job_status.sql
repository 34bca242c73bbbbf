-- A job, from the offer to the door.
DO $$
BEGIN
  CREATE TYPE delivery_job_status AS ENUM ('offered', 'accepted', 'picked_up', 'delivered', 'failed', 'cancelled');
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- it is there, or another session made it in this moment
END $$;
