insert into guests (name) select 'Ada' where not exists (select from guests where name = 'Ada');
