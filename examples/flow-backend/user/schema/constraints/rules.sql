-- Verified is who was verified at a time that is known.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_vendor_profiles'::regclass
                   AND conname = 'user_vendor_profiles_verified_check') THEN
    ALTER TABLE user_vendor_profiles ADD CONSTRAINT user_vendor_profiles_verified_check
      CHECK ((verification = 'verified') = (verified_at IS NOT NULL));
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                 WHERE conrelid = 'user_hospital_profiles'::regclass
                   AND conname = 'user_hospital_profiles_verified_check') THEN
    ALTER TABLE user_hospital_profiles ADD CONSTRAINT user_hospital_profiles_verified_check
      CHECK ((verification = 'verified') = (verified_at IS NOT NULL));
  END IF;
END $$;
