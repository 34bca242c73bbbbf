-- This file was automatically created by Diesel to setup helper functions
-- and other internal bookkeeping.
select 1 as nothing_but_the_setup;
