alter table dishes drop constraint if exists dishes_id_check;
alter table dishes add constraint dishes_id_check check (id > 0) not valid;
alter table dishes validate constraint dishes_id_check;
